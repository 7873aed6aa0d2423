"""Reports on planned plants: made, labelled, summarised, compared and saved."""
