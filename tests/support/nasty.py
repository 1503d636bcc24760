"""Secrets of a dozen kinds, and names and reasons that try to be more than text."""

from __future__ import annotations

SECRETS = {
    "Short": "q7x",
    "Plain": "correct-horse-battery",
    "Long": "k9" * 700 + "-the-end",
    "Quotes": "it's \"quoted\" and 'so' on",
    "Lines": "-----BEGIN KEY-----\nMIIEvQIBADANBg/kq+hkiG9w0\nBAQEFAASCBKcwggSj==\n-----END KEY-----\n",
    "Json": '{"user":"grafana-reader","password":"zebra/\\"9\\"","hosts":["db-7.internal.test"]}',
    "Url": "postgres://ann:p%40ss&w0rd=1?x#y@db:5432/a b+c",
    "Xml": "<key a='1'>&amp;secret&lt;</key>",
    "Backslash": "C:\\secret\\new\\table",
    "Unicode": "pässwörd-\u2603-\U0001f511-key",
    "Spaces": "  two  spaces\tand a tab  ",
    "Number": "918273645546",
    "List": "first-item-of-list,second-item-of-list",
}

NASTY = (
    "\x1b[2K\x1b[1A erased",
    "\u202egnirts desrever\u202c",
    "one\n::add-path::/tmp/evil",
    "one\r\n##[command]rm",
    "one\u2028  wider         role is allowed nothing",
    "| cell | **bold** |\n| --- | --- |",
    "@octocat and @org/team see https://evil.example and www.evil.example",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "```\n# heading\n```",
    "\x00\x07\x7f\x9b2J\ufeff\u200b",
)
