"""What remains of a webinar: received, checked, published, replaced by something better."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.markdown import render
from accounts.models import User
from accounts.services import audit
from forum.files.kinds import Kind, RefusedFileError
from forum.files.names import clean_name
from forum.files.sizes import in_words
from forum.services.attachments import REFUSALS
from forum.uploads import OversizedFile
from webinars import files
from webinars.enums import MaterialKind, MaterialState
from webinars.models import Material
from webinars.policies import webinars as policies
from webinars.services.webinars import locked_webinar

WRITTEN = (MaterialKind.SUMMARY, MaterialKind.TRANSCRIPT)
"""What may be written in Markdown, to be read on the page itself."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was found good, before it is kept."""

    name: str
    kind: Kind
    content: Path


def add_material(*, actor: User, webinar: int, values: Mapping[str, Any], upload: UploadedFile | None) -> Material:
    """Keep a file, a link or a text of a webinar; nobody else sees it before it is checked and published.

    Args:
        actor: Who adds it.
        webinar: Its id.
        values: By name of the field, as ``MaterialForm`` has accepted them.
        upload: The file as it came, where it is one.

    Returns:
        The saved row.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: The file is not taken; the message says why, and what would be.

    Source: WEB-24, WEB-34, CDIP/30/8 para 20.
    """
    policies.may_organize(actor).enforce()
    if upload is None:
        return _keep(actor, webinar, values, None)
    with _received(upload) as received:
        return _keep(actor, webinar, values, received)


@contextmanager
def _received(upload: UploadedFile) -> Iterator[Received]:
    """Check a file in a folder of its own, which goes with the block."""
    name = clean_name(upload.name or "")
    try:
        kind = files.material_kind(name)
        if not upload.size:
            raise RefusedFileError("empty")
        if upload.size > settings.ATTACHMENT_BYTES or isinstance(upload, OversizedFile):
            raise RefusedFileError("size")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            with path.open("wb") as copy:
                copy.writelines(upload.chunks())
            yield Received(name, kind, files.check(path, kind, Path(folder)))
    except RefusedFileError as refusal:
        facts = {
            "name": f"\u2068{name}\u2069",  # its direction does not turn the sentence
            "kinds": files.KIND_NAMES,
            "limit": in_words(settings.ATTACHMENT_BYTES),
        }
        raise ValidationError(REFUSALS[refusal.code], code=refusal.code, params=facts) from None


def _keep(actor: User, webinar: int, values: Mapping[str, Any], received: Received | None) -> Material:
    """Keep a row and its checked file, both or none of them."""
    material = Material(added_by=actor, **values)
    material.html = render(material.text) if material.text else ""
    try:
        with transaction.atomic():
            material.webinar = locked_webinar(actor, webinar)
            policies.may_change_webinar(actor, material.webinar).enforce()
            if received is not None:
                material.file_name, material.media_type = received.name, received.kind.content_type
                material.size = received.content.stat().st_size
                with received.content.open("rb") as file:
                    material.file.save(get_random_string(32), File(file), save=False)
            material.save()
            audit.record(actor, "material.added", material, webinar=webinar, kind=material.kind)
    except BaseException:
        if material.file.name:
            material.file.storage.delete(material.file.name)
        raise
    return material


@transaction.atomic
def check_material(*, actor: User, material: int, rights: bool, accessibility: bool) -> Material:
    """Note that the rights in something are settled, and that everybody can use it.

    Args:
        actor: Who has checked it.
        material: Its id.
        rights: We may publish it.
        accessibility: It can be read or heard by people with disabilities.

    Returns:
        The saved row; both make it checked.

    Raises:
        Material.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: It is published or replaced already.

    Source: WEB-24, workflow 2.7.
    """
    found = _locked(actor, material)
    if found.state not in {MaterialState.RECEIVED, MaterialState.CHECKED}:
        raise _gone_on()
    found.rights_checked, found.accessibility_checked = rights, accessibility
    found.state = MaterialState.CHECKED if rights and accessibility else MaterialState.RECEIVED
    found.save(update_fields=["rights_checked", "accessibility_checked", "state"])
    audit.record(actor, "material.checked", found, rights=rights, accessibility=accessibility)
    return found


@transaction.atomic
def publish_material(*, actor: User, material: int) -> Material:
    """Show something on the webinar's page, in place of what stood there of its kind and language.

    Further reading stands beside what there is already.

    Args:
        actor: Who publishes it.
        material: Its id.

    Returns:
        The saved row.

    Raises:
        Material.DoesNotExist: There is none such.
        PermissionDenied: It is not checked, or a speaker has not agreed to the recording; the message says why.
        ValidationError: It is published or replaced already.

    Source: WEB-24, CDIP/30/8 para 20.
    """
    found = _locked(actor, material)
    if found.state not in {MaterialState.RECEIVED, MaterialState.CHECKED}:
        raise _gone_on()
    policies.may_publish_material(actor, found).enforce()
    if found.kind != MaterialKind.READING:
        before = found.webinar.materials.filter(kind=found.kind, language=found.language, state=MaterialState.PUBLISHED)
        before.update(state=MaterialState.SUPERSEDED)
    found.state, found.published_at = MaterialState.PUBLISHED, timezone.now()
    found.save(update_fields=["state", "published_at"])
    audit.record(actor, "material.published", found, webinar=found.webinar_id, kind=found.kind)
    return found


@transaction.atomic
def withdraw_material(*, actor: User, material: int) -> Material:
    """Take something off the page; it stays in the records as replaced.

    Args:
        actor: Who does.
        material: Its id.

    Returns:
        The saved row.

    Raises:
        Material.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: It is off the page already.
    """
    found = _locked(actor, material)
    if found.state == MaterialState.SUPERSEDED:
        raise _gone_on()
    found.state = MaterialState.SUPERSEDED
    found.save(update_fields=["state"])
    audit.record(actor, "material.withdrawn", found, webinar=found.webinar_id, kind=found.kind)
    return found


def _locked(actor: User, material: int) -> Material:
    """Return a material whose webinar is locked too, so that no speaker is added meanwhile."""
    policies.may_organize(actor).enforce()
    found: Material = Material.objects.visible_to(actor).get(pk=material)
    webinar = locked_webinar(actor, found.webinar_id)
    policies.may_change_webinar(actor, webinar).enforce()
    found.refresh_from_db()
    found.webinar = webinar
    return found


def _gone_on() -> ValidationError:
    return ValidationError(_("Somebody else has published or withdrawn this meanwhile."), code="changed")
