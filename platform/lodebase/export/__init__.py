"""Files for other programs and hosts, written on the machine of the store."""
