"""Accounts: roles, access, invitations, and the log of who changed what."""
