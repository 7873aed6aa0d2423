"""Mining rights: what lies in their ground, who holds the ground over a deposit, and deposits without a right."""
