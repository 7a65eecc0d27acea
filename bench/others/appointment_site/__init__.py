"""django-appointment (https://pypi.org/project/django-appointment/) with what its documentation asks for."""
