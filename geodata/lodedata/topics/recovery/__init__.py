"""Recovery of metals from ore: mass balance, minimum rates by dated instruments, and the check of a mine or plan."""
