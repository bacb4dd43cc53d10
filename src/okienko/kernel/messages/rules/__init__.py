"""What messages are made of and how mail is understood, in plain Python."""
