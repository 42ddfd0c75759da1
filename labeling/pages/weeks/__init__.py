"""The page of progress over time: tables and plots, week by week."""
