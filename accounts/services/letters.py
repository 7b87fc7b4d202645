"""Writing letters: what each notice says, in the language and by the clocks of its reader."""

from django.conf import settings
from django.template.loader import render_to_string

from accounts.enums import MailScope
from accounts.models import Notice
from accounts.parts import is_on
from accounts.services import outbox
from accounts.services.outbox import Letter


def write_letter(
    notice: Notice,
    template: str,
    subject: str,
    context: dict[str, object],
    *,
    list_name: str = "forum",
    replies_to: tuple[str, ...] = (),
    attachments: tuple[tuple[str, bytes, str], ...] = (),
    stop_url: str = "",
) -> Letter:
    """Return a letter made from two templates that share a name.

    Args:
        notice: What is told to whom; its reader's language and time zone are active.
        template: The templates' name without ``.txt`` and ``.html``, such as ``forum/emails/topic_opened``.
        subject: One line; line breaks in it become spaces.
        context: What the templates take beside ``subject``, ``site``, ``has_forum``, ``reader`` and
            ``stop_url``.
        list_name: What ``List-Id`` names.
        replies_to: Keys of the notices above this one in the reader's mail client, the nearest last.
        attachments: Files, each as its name, its content and its media type.
        stop_url: Where somebody without an account ends this mail.
    """
    reader = notice.user
    may_stop = reader is not None and notice.scope != MailScope.ACCOUNT
    context = {
        **context,
        "subject": subject,
        "site": settings.PUBLIC_URL,
        "has_forum": is_on("forum"),
        "reader": reader,
        "stop_url": outbox.stop_url(reader, MailScope(notice.scope)) if reader and may_stop else "",
    }
    return Letter(
        subject=" ".join(subject.split()),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        replies_to=replies_to,
        list_name=list_name,
        attachments=attachments,
        stop_url=stop_url,
    )
