"""The filter that names label sources, such as "majority labels", on pages."""

from django import template

from labeling.pages.label_sources import source_text

register = template.Library()
register.filter("label_source", source_text)
