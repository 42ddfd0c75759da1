"""Commands for the shell: they read arguments, call the domain and print."""
