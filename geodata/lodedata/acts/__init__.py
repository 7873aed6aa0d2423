"""Official acts as they are entered at the desk: the fields of the form, and the files that may be attached."""
