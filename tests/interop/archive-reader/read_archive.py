#!/usr/bin/env python3
"""Opens a SafeDb archive from docs/archive-format.md alone. Needs the package `cryptography`; Brotli through the package `brotli` or through node.

    read_archive.py FILE [--key HEX] [--passphrase-env NAME] [--data-key HEX] [--out FOLDER]

Checks everything that the document says, prints the manifest, and writes the plain parts to FOLDER.
"""
import argparse, base64, hashlib, hmac, json, os, subprocess, sys, zipfile
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

SEGMENT = 1 << 20


def require(condition, what):
    if not condition:
        sys.exit("refused: " + what)


def hkdf(key, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, info.encode()).derive(key)


def unwrap(header, arguments):
    aid = header["archiveId"]
    if arguments.data_key:
        return bytes.fromhex(arguments.data_key)
    for recipient in header["recipients"]:
        if recipient["kind"] == "key" and arguments.key:
            wrapping = hkdf(bytes.fromhex(arguments.key), base64.b64decode(recipient["salt"]), "safedb/v1/wrap/" + aid)
        elif recipient["kind"] == "passphrase" and arguments.passphrase_env:
            require(600_000 <= recipient["iterations"] <= 10_000_000, "rounds out of range")
            kdf = PBKDF2HMAC(hashes.SHA256(), 32, base64.b64decode(recipient["salt"]), recipient["iterations"])
            wrapping = kdf.derive(os.environ[arguments.passphrase_env].encode())
        else:
            continue
        nonce, wrapped = base64.b64decode(recipient["nonce"]), base64.b64decode(recipient["wrapped"])
        return AESGCM(wrapping).decrypt(nonce, wrapped, ("safedb/v1/wrap/" + aid).encode())
    sys.exit("refused: no recipient fits")


def open_sealed(data_key, aid, name, entry):
    require(len(entry) >= 56 and entry[0] == 40, "malformed entry " + name)
    cipher = AESGCM(hkdf(data_key, entry[1:33], f"safedb/v1/{aid}/{name}"))
    prefix, position, number, plain = entry[33:40], 40, 0, []
    while True:
        end = min(position + SEGMENT - (40 if number == 0 else 0), len(entry))
        last = end == len(entry)
        plain.append(cipher.decrypt(prefix + number.to_bytes(4, "big") + bytes([last]), entry[position:end], None))
        position, number = end, number + 1
        if last:
            return b"".join(plain)


def decompress(codec, data):
    if codec == "none":
        return data
    require(codec == "br", "unknown compression")
    try:
        import brotli
        return brotli.decompress(data)
    except ImportError:
        script = "const z=require('zlib'),c=[];process.stdin.on('data',d=>c.push(d)).on('end',()=>process.stdout.write(z.brotliDecompressSync(Buffer.concat(c))))"
        return subprocess.run(["node", "-e", script], input=data, stdout=subprocess.PIPE, check=True).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    for option in ("--key", "--passphrase-env", "--data-key", "--out"):
        parser.add_argument(option)
    arguments = parser.parse_args()
    with zipfile.ZipFile(arguments.file) as archive:
        names = archive.namelist()
        entries = {name: archive.read(name) for name in names}
    header = json.loads(entries["header.json"])
    require(header["formatVersion"] == 1, "unknown version")
    aid, encrypted = header["archiveId"], header["encryption"] != "none"
    count = len(names) - (5 if encrypted else 4)
    expected = ["header.json", "README.txt"] + names[2:2 + count] + ["manifest", "checksums.sha256"] + (["manifest.hmac"] if encrypted else [])
    require(names == expected and sorted(names[2:2 + count]) == [f"parts/{i:06d}" for i in range(1, count + 1)], "foreign, missing or double entries")
    covered = names[:names.index("checksums.sha256")]
    lines = "".join(f"{hashlib.sha256(entries[name]).hexdigest()}  {name}\n" for name in covered)
    require(entries["checksums.sha256"] == lines.encode(), "checksums differ")
    data_key = None
    if encrypted:
        require(header["encryption"] == "AES256_GCM_HKDF_1MB", "unknown encryption")
        data_key, salt = unwrap(header, arguments), bytes.fromhex(aid)
        require(hmac.compare_digest(hkdf(data_key, salt, "safedb/v1/commit").hex(), header["keyCommitment"]), "wrong key")
        mac = hmac.new(hkdf(data_key, salt, "safedb/v1/mac"), entries["checksums.sha256"], "sha256").hexdigest() + "\n"
        require(hmac.compare_digest(mac.encode(), entries["manifest.hmac"]), "not authentic")
    content = lambda name: decompress(header["compression"], open_sealed(data_key, aid, name, entries[name]) if encrypted else entries[name])
    manifest = json.loads(content("manifest"))
    require(manifest["archiveId"] == aid and [part["number"] for part in manifest["parts"]] == list(range(1, count + 1)), "manifest of another archive")
    for part in manifest["parts"]:
        name = f"parts/{part['number']:06d}"
        require(part["storedBytes"] == len(entries[name]) and part["sha256"] == hashlib.sha256(entries[name]).hexdigest(), "manifest and " + name + " differ")
        plain = content(name)
        require(len(plain) == part["plainBytes"], "size of " + name)
        require(part["kind"] != "rows" or plain.count(b"\n") == part["rows"], "rows of " + name)
        if arguments.out:
            with open(os.path.join(arguments.out, name.replace("/", "-")), "wb") as out:
                out.write(plain)
    json.dump(manifest, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
