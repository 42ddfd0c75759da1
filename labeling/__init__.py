"""The Django app: everything that a person sees or stores."""
