"""HTTP in, HTTP out: fetch through a getter, call one domain function, render."""
