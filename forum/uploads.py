"""Files as they come in: what goes beyond the limits is counted and never kept. Source: security.md FI-09."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class OversizedFile(UploadedFile):
    """A file of which only name and size are known: it, or all that came with it, was too large."""


class LimitedUpload(FileUploadHandler):
    """Stands before the handlers that keep files, and lets none of them have more than is allowed.

    The rest of the request is read on, so that what was typed beside the files is not lost.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.left = settings.ATTACHMENTS_BYTES
        self.is_over = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.is_over = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self.is_over and (start + len(raw_data) > settings.ATTACHMENT_BYTES or len(raw_data) > self.left):
            self.is_over = True
            self.left += start  # what came of it goes again
        if self.is_over:
            return None
        self.left -= len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Answer for a file that was too large; any other is left to the handlers behind this one."""
        if not self.is_over:
            return None
        return OversizedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)
