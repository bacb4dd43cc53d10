"""Forms of sign-in (as allauth's, in our words), of staff and of units."""
