from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from okienko.kernel.knowledge.models import Article
from okienko.ui.forms import Form

LONGEST_BODY = 100_000


class ArticleForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("An empty line begins a paragraph, ## a heading, - an item of a list."),
    )
    audience = forms.ChoiceField(label=_("For whom"), choices=Article.Audience.choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="pl")
