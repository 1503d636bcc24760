"""What a template is: load it, put an environment's values in, compare two, judge a change. Pure."""
