"""A key that signs JSON Web Tokens (Ed25519, by openssl), and its key set in a file: what a CI system or a client without a secret has."""
import base64
import json
import subprocess
import time


def encode(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).decode().rstrip("=")


class Signer:
    def __init__(self, folder, name="signer"):
        self.key, self.text = f"{folder}/{name}.pem", f"{folder}/{name}.signed"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True)
        x = subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout[-32:]
        self.key_set = {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": encode(x)}]}
        self.jwks = f"{folder}/{name}.json"
        with open(self.jwks, "w", encoding="utf-8") as file:
            json.dump(self.key_set, file)

    def sign(self, head=None, **claims):
        """`head` and `claims` stand over what a job's token has by default: now, five minutes, an own jti."""
        now = int(time.time())
        head = {"alg": "EdDSA", "kid": "k", **(head or {})}
        text = encode(head) + "." + encode({"jti": str(time.time_ns()), "iat": now, "exp": now + 300, **claims})
        with open(self.text, "w", encoding="ascii") as file:
            file.write(text)
        done = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", self.text], check=True, capture_output=True)
        return text + "." + encode(done.stdout)
