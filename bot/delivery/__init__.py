"""Bringing files in and messages out; everything that talks to a provider outside of a turn (laws 3 and 6).

The states of an outbox row, and who moves it:

    pending ──claim──▶ sending ──Delivered──────────▶ sent
       ▲                  │  └────Delivered(waiting)─▶ waiting ──the citizen fetches──▶ sent
       │                  │                               └──30 days (sweeping)──▶ failed
       ├──Retry, stop─────┤
       │                  └──GiveUp──▶ failed (with a review item where a person should know)
       └──withdraw──▶ withdrawn        held ──approve──▶ pending, ──reject──▶ withdrawn (public answers)

`retry` decides, `limits` counts, `ledger` writes, `worker` sends.
"""
