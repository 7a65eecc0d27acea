"""The ground floor: what both apps and the shell stand on. It knows none of them.

models/ audit/             people, mails to staff, alarms, keys; the audit trail
clock, heartbeat           whether the server's clock can be trusted, and whether the worker runs
crypto, known_keys, encrypted_fields   values encrypted for their rows
form_fields/, form_layout, text, emails, phones, times   what people type, and what they read
confirm, asked_once, refused_forms   what is asked again
mail_queue, staff_mail     how owed mails wait
client, networks, rate_limit, shared_cache, spam_traps   who asks, and how often
background                 work that no visitor waits for
page_record                what public pages showed, and when
pictures, icons, colors, schema_org, public_pages, json_rows   what pages are made of
"""
