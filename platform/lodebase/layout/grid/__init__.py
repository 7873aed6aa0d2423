"""What if a plant stood here: the layout check over a grid of places and all products, as counts of findings."""
