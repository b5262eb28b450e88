"""A small OpenID provider, and an honest one: it checks client, redirect, PKCE and codes as a real one does. Run as a program.

`python -m tests.chat.web.provider PORT` listens on loopback; a person who comes to it is signed in as whoever the last
`POST /next` described, without being asked. `wrong` in that description makes it dishonest in one way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "askfirst", "the client's secret"
KEY = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
OTHER = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)


class Provider(BaseHTTPRequestHandler):
    """One request."""

    server: Any
    person: dict[str, Any] = {"sub": "ani", "groups": []}  # noqa: RUF012 - the one thing that is set from outside
    codes: dict[str, dict[str, str]] = {}  # noqa: RUF012

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(200, self._described())
            case "/keys":
                self._json(200, KeySet([KEY]).as_dict(private=False))
            case "/authorize":
                self._authorize(given)
            case "/userinfo":
                sub = "budi" if self.person.get("wrong") == "userinfo" else self.person["sub"]
                self._json(200, {"sub": sub, "groups": self.person.get("thin", [])})
            case _:
                self._json(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/next":
            type(self).person = json.loads(body)
            self._json(200, {})
        else:
            self._token({name: values[-1] for name, values in parse_qs(body).items()})

    def _described(self) -> dict[str, Any]:
        issuer = "http://127.0.0.1:1" if self.person.get("wrong") == "metadata" else self.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, given: dict[str, str]) -> None:
        asked = given.get("response_type") == "code" and given.get("client_id") == CLIENT and "openid" in given.get("scope", "").split()
        if not asked or given.get("code_challenge_method") != "S256" or not given.get("nonce") or not given.get("state"):
            self._json(400, {"error": "invalid_request"})
            return
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        back = {"code": code, "state": given["state"]}
        if self.person.get("wrong") == "denied":
            back = {"error": "access_denied", "error_description": "<b>no</b>", "state": given["state"]}
        self.send_response(302)
        self.send_header("location", f"{given['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def _token(self, given: dict[str, str]) -> None:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(given.get("code", ""), None)  # once only
        verifier = _plain(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if self.headers.get("authorization") != f"Basic {basic}":
            self._json(401, {"error": "invalid_client"})
        elif not asked or asked["redirect_uri"] != given.get("redirect_uri") or asked["code_challenge"] != verifier:
            self._json(400, {"error": "invalid_grant"})
        else:
            token = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 60}
            self._json(200, token if self.person.get("wrong") == "no id token" else token | {"id_token": self._signed(asked["nonce"])})

    def _signed(self, nonce: str) -> str:
        now, wrong = int(time.time()), self.person.get("wrong")
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": nonce, "name": "Ani Wijaya"}
        claims |= {name: value for name, value in self.person.items() if name not in ("wrong", "thin")}
        claims |= {
            "issuer": {"iss": "http://127.0.0.1:1"},
            "audience": {"aud": "another"},
            "nonce": {"nonce": "another"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "nobody": {"sub": ""},
        }.get(str(wrong), {})
        match wrong:
            case "key":
                return jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER)
            case "symmetric":  # the public key taken for a shared secret
                body = ".".join(map(_encoded, ({"alg": "HS256", "kid": "one"}, claims)))
                return f"{body}.{_plain(hmac.digest(KEY.as_pem(private=False), body.encode(), 'sha256'))}"
            case "unsigned":
                return ".".join(map(_encoded, ({"alg": "none"}, claims))) + "."
            case _:
                return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)

    def _json(self, status: int, shape: Any) -> None:
        body = json.dumps(shape).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _encoded(part: dict[str, Any]) -> str:
    return _plain(json.dumps(part).encode())


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider)
    print(server.server_port, flush=True)
    server.serve_forever()
