"""The pages about messages, and the addresses to which gateways report."""
