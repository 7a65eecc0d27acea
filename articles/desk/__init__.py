"""The editors' desk at /cms/: what our pages add to Wagtail's. Registered in articles/wagtail_hooks.py."""
