"""Signing in at an OpenID provider: authorization code with PKCE, state and nonce. The only file that names authlib."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authlib.integrations.starlette_client import OAuth
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.middleware.sessions import SessionMiddleware

from chat.web.cookies import LARGEST, Cookies, challenge_of
from chat.web.guard import problem
from chat.web.identity import How, key_of, local
from chat.web.thresholds import failed_page, handing_over_page, leaving_page, signed_out_page
from kb.errors import SettingsError
from kb.settings import Settings

_UNDER_WAY = 600  # seconds in which a person must be back from the provider
_PATIENCE = 10.0  # seconds that the provider may take for an answer
# Never a symmetric one, and never "none", whatever the provider lists.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID provider of the settings."""

    client: Any
    issuer: str
    client_id: str
    groups_claim: str

    async def away(self, request: Request, back: str) -> Response:
        """Sends the browser to the provider, which sends it back to `back`."""
        await self._metadata()
        found: Response = await self.client.authorize_redirect(request, back)
        return found

    async def claims(self, request: Request) -> Mapping[str, Any]:
        """What the provider proves of the person who has come back; raises whatever was wrong."""
        metadata = await self._metadata()
        must = {
            "iss": {"essential": True, "values": [metadata["issuer"]]},
            "aud": {"essential": True, "values": [self.client_id]},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }
        token = await self.client.authorize_access_token(request, claims_options=must, leeway=60)
        claims = dict(token["userinfo"])  # there only with a token that names the person, checked
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise ValueError("nobody named")
        if self._of(claims) is None and metadata.get("userinfo_endpoint"):
            more = await self.client.userinfo(token=token)
            if more.get("sub") != claims["sub"]:
                raise ValueError("two people named")
            claims |= {name: value for name, value in more.items() if claims.get(name) is None}
        return claims

    def groups(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """The groups that the claims name."""
        found = self._of(claims)
        found = [found] if isinstance(found, str) else found
        return frozenset(group for group in found if isinstance(group, str)) if isinstance(found, list) else frozenset()

    def _of(self, claims: Mapping[str, Any]) -> Any:
        """The groups claim; where no claim has its whole name, dots lead into one (`realm_access.roles`)."""
        if self.groups_claim in claims:
            return claims[self.groups_claim]
        found: Any = claims
        for part in self.groups_claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    async def _metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = await self.client.load_server_metadata()
        if str(metadata.get("issuer")).rstrip("/") != self.issuer.rstrip("/"):
            raise ValueError("another issuer than the one in the settings")
        listed = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in listed if name in _ALGORITHMS]
        return metadata


def open_provider(settings: Settings) -> Provider:
    """The provider, not yet spoken to; raises `SettingsError` where the file with the secret cannot be read."""
    secret = settings.oidc_client_secret
    if settings.oidc_client_secret_file:
        try:
            secret = Path(settings.oidc_client_secret_file).expanduser().read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            todo = "correct oidc_client_secret_file"
            raise SettingsError(expected=f"{settings.oidc_client_secret_file} to be readable", found=str(error), todo=todo) from error
    client = OAuth().register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=secret or None,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": " ".join(dict.fromkeys(["openid", *settings.oidc_scopes.split()])),
            "code_challenge_method": "S256",
            "timeout": _PATIENCE,
            "leeway": 0,  # the token is used at once: one that lives a minute is good enough
            **({} if secret else {"token_endpoint_auth_method": "none"}),
        },
    )
    return Provider(client, settings.oidc_issuer, settings.oidc_client_id, settings.oidc_groups_claim)


def routes(app: FastAPI, provider: Provider, cookies: Cookies, known: Callable[[], Collection[str]], log: Log) -> None:
    """Adds the routes of signing in and out; of a person's groups only those in `known` are kept."""
    rules, base = cookies.rules, cookies.rules.base

    @app.get("/sign-in", include_in_schema=False)
    async def sign_in(request: Request, next: str = "", popup: str = "") -> Response:
        request.session.clear()
        request.session["next"] = local(next, base)
        if popup:
            if not _CHALLENGE.fullmatch(popup):
                return problem(400, "Not a challenge", "expected a SHA-256 in base64url")
            request.session["popup"] = popup
        try:
            return await provider.away(request, f"{rules.public_url}/sign-in/back")
        except Exception as error:  # authlib, joserfc and httpx each raise their own
            log(f"askfirst: the sign-in provider does not answer as it should: {_kind(error)}")
            return failed_page(base, 503)

    @app.get("/sign-in/back", include_in_schema=False)
    async def back(request: Request) -> Response:
        target, popup = str(request.session.get("next") or f"{base}/"), request.session.get("popup")
        try:
            claims = await provider.claims(request)
        except Exception as error:  # as above: whatever was wrong, nobody is let in, and no name gets into the log
            log(f"askfirst: a person could not be signed in: {_kind(error)}")
            return failed_page(base)
        finally:
            request.session.clear()
        subject = key_of(How.OIDC, f"{claims['iss']}\0{claims['sub']}")
        sealed = cookies.sealed(subject, provider.groups(claims) & frozenset(known()))
        if len(sealed) > LARGEST:
            log("askfirst: a person could not be signed in: more groups than a cookie holds")
            return failed_page(base)
        response: Response
        if popup:
            response = handing_over_page(cookies.handed_over(sealed, popup), base)
        else:
            response = RedirectResponse(local(target, base), 303, {"cache-control": "no-store"})
        cookies.put(response, sealed)
        return response

    @app.post("/sign-in/here", include_in_schema=False)
    async def here(request: Request) -> Response:
        try:
            given = await request.json()
            note, verifier = str(given["note"]), str(given["verifier"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return problem(400, "Not a note", "expected `note` and `verifier`")
        sealed = cookies.taken_over(note, challenge_of(verifier))
        if sealed is None:
            return problem(401, "Not a note of ours", "expected one that is less than a minute old, with its verifier")
        response = Response(status_code=204)
        cookies.put(response, sealed, framed=True)
        return response

    @app.get("/sign-out", include_in_schema=False)
    def before_signing_out() -> Response:
        return leaving_page()

    @app.post("/sign-out", include_in_schema=False)
    def sign_out() -> Response:
        response = signed_out_page(base)
        cookies.drop(response)
        return response

    app.add_middleware(
        SessionMiddleware,
        secret_key=f"signing in {cookies.key}",
        session_cookie="askfirst-signing-in",
        max_age=_UNDER_WAY,
        path=f"{base}/sign-in",
        same_site="lax",
        https_only=rules.secure,
    )


def _kind(error: Exception) -> str:
    """What went wrong, without anything that a provider or a browser said in so many words."""
    return type(error).__name__
