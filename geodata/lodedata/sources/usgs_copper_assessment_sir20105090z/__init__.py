"""The source usgs-copper-assessment-sir20105090z."""
