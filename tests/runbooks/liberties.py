"""One entry in the hands of six authors."""

from __future__ import annotations

import re

PLAIN = """\
**Severity:** SEV2 · **Owner:** ops · **Last drilled:** 2026-10-02

**Impact:** Invoices are late.

**Symptoms:**
- queue age > 60 min
- depth > 2000

**Signals:**
- alert: `QueueAge`
- words: stuck, backlog

**Likely cause:** A wedged worker.

**Steps:**
1. **Check:** Is it stuck? `queuectl head` *Expect:* one id. *If not:* go to step 3.
2. **Act:** Restart. `queuectl restart`
3. **Wait 10 min:** Do nothing.
4. **Escalate:** to engineering.

**Verify:** age < 10 min for 15 min

**Roll back when:** if workers stop again within 30 min

**Escalate to:** engineering after 30 min
"""

ALL_IN_A_LIST = """\
- **Severity:** SEV2
- **Owner**: ops
- **Last drilled:** 2026-10-02
- **Impact:** Invoices are late.
- **Symptoms:**
  - queue age > 60 min
  - depth > 2000
- **Signals:**
  - alert: `QueueAge`
  - words: stuck, backlog
- **Likely cause:** A wedged worker.
- **Steps:**
  1. **Check:** Is it stuck? `queuectl head`
     - *Expect:* one id.
     - *If not:* go to step 3.
  2. **Act:** Restart. `queuectl restart`
  3. **Wait 10 min:** Do nothing.
  4. **Escalate:** to engineering.
- **Verify:** age < 10 min for 15 min
- **Roll back when:** if workers stop again within 30 min
- **Escalate to:** engineering after 30 min
"""

HEADINGS = """\
#### Severity: SEV2

#### Runbook owner

ops

#### Last drilled

2026-10-02

#### Impact

Invoices are late.

#### 1. Symptoms

- queue age > 60 min
- depth > 2000

#### **Signals:**

* alert: `QueueAge`
* words: stuck, backlog

#### Root cause

A wedged worker.

#### Steps

1) Check: Is it stuck? `queuectl head` Expect: one id. If not: go to step 3.
2) Act: Restart. `queuectl restart`
3) Wait 10 min: Do nothing.
4) Escalate: to engineering.

#### Verification

age < 10 min for 15 min

#### Roll-back when

if workers stop again within 30 min

#### Escalation

engineering after 30 min
"""

NO_COLONS = """\
**Severity** – SEV2
**Owner** - ops
**Last drilled** — 2026-10-02

**Impact.** Invoices are late.

**Symptoms**

- queue age > 60 min
- depth > 2000

**Signals**
- alert: `QueueAge`
- words: stuck, backlog

*Likely cause:* A wedged worker.

***Steps***
1. **Check.** Is it stuck? `queuectl head` *Expect:* one id. *If not:* go to step 3.
2. **Act** - Restart. `queuectl restart`
3. [Wait] Do nothing for 10 min.
4. Escalate – to engineering.

_Verify_: age < 10 min for 15 min

**Rollback:** if workers stop again within 30 min

**Escalate to**

engineering after 30 min
"""

TABLES = """\
| Severity | Owner | Last drilled |
|---|---|---|
| SEV2 | ops | 2026-10-02 |

**Impact:** Invoices are late.

**Symptoms:**

| What | Limit |
|---|---|
| queue age | > 60 min |
| depth | > 2000 |

**Signals:**

| Kind | Name |
|---|---|
| alert | `QueueAge` |
| words | stuck, backlog |

**Likely cause:** A wedged worker.

1. [ ] **Check:** Is it stuck? `queuectl head` *Expect:* one id. *If not:* go to step 3.
2. [ ] **Act:** Restart. `queuectl restart`
3. [ ] **Wait 10 min:** Do nothing.
4. [x] **Escalate:** to engineering.

| Field | Value |
|---|---|
| Verify | age < 10 min for 15 min |
| Roll back when | if workers stop again within 30 min |
| Escalate to | engineering after 30 min |
"""

NO_BLANK_LINES = re.sub(r"\*\*([A-Z][^*:]+):\*\*", r"**\1**:", re.sub(r"(?m)^- ", "* ", re.sub(r"\n\n", "\n", PLAIN)))
"""Labels right under lists, which Markdown takes into the item above; `*` for bullets, the colon outside."""
