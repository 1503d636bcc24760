"""Who did what, as text, Markdown, CSV and JSON.

What stands in a log was chosen by whoever made the call, so no cell may change what is around it.
"""
