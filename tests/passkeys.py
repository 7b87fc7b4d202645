"""A passkey store in software: it makes a passkey and signs in with it, as a browser does."""

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ORIGIN, HOST = "https://testserver", "testserver"
UP, UV, AT = (AuthenticatorData.FLAG[name] for name in ("UP", "UV", "AT"))


class PasskeyStore:
    """Holds one passkey. Where nobody is verified, it takes any touch for its owner's; some count their signatures."""

    def __init__(self, *, verifies: bool = True, origin: str = ORIGIN, counts: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.flags = UP | UV if verifies else UP
        self.origin = origin
        self.owner = b""
        self.counts, self.count = counts, 0

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what a browser answers to ``creation_options``."""
        self.owner = options["publicKey"]["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        about = AuthenticatorData.create(self._host(), self.flags | AT, 0, credential)
        return self._answer(
            clientDataJSON=self._said("webauthn.create", options),
            attestationObject=AttestationObject.create("none", about, {}),
        )

    def prove(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what a browser answers to ``request_options``."""
        said = self._said("webauthn.get", options)
        self.count += self.counts
        about = AuthenticatorData.create(self._host(), self.flags, self.count)
        signature = self.key.sign(about + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        answer = self._answer(clientDataJSON=said, authenticatorData=about, signature=signature)
        answer["response"]["userHandle"] = self.owner
        return answer

    def sign_in(self, client: Client) -> str:
        """Sign in with the passkey alone, and return where that leads."""
        asked = client.get("/accounts/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"})
        credential = json.dumps(self.prove(asked.json()["request_options"]))
        response = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
        return str(response["Location"])

    def _host(self) -> bytes:
        return hashlib.sha256(HOST.encode()).digest()

    def _said(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, options["publicKey"]["challenge"], self.origin)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": {part: websafe_encode(content) for part, content in response.items()},
        }
