"""The front desk's pages in Django's admin: lists, a request, export, audit."""
