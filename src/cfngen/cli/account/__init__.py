"""What plan, deploy, explain, drift and recover have in common, and the schemas of their JSON."""
