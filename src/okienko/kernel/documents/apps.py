from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "okienko.kernel.documents"
    label = "documents"
