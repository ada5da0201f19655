"""Words that speak of the same kind of thing: "weaviate" and "vector store", "french" and "wrong language".

General knowledge of operations, not of any runbook: products by what they are, ways of being slow, wrong, refused or
paid for. A kind is indexed as one more term, so a kind that many entries share weighs little by itself. Two words
written as one pair ("switched_off") are found as a joined pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.runbooks.match import words

MARK = "~"
"""Sets a kind apart from a word in the index."""

TABLE = """
slow: slow slower slowly sluggish latency lag laggy lagging delay delayed crawl p95 p99 ttft timeout timed_out
  timeouts late
hang: hang hung freeze frozen froze stall stalled stuck wedged unresponsive spinner halts stops stopped halted
  idle midway silence sits blinking cursor nothing_more stops_mid
waiting: wait waiting waits pending queued backlog queue piling piled behind unprocessed unanswered processed
  pile_up heap heaps unread pile piles untouched nobody_picks not_picked
down: down outage offline unavailable unreachable crash crashed crashloop crashloopbackoff dead died oom
  oomkilled 502 503 504 unhealthy restarting is_down restart rebooting sick not_reachable collapsed broke broken
  failing
refused: reject rejected refuse refused deny denied decline declined bounce bounced block blocked forbidden
  disallowed 403 rejection cannot_help
double: duplicate duplicated double doubled twice copies copy identical 2x 3x 4x triple triplicate redelivered
  repeated two_times three_times second_time several_times once_more exists_two both_times both_copies
  again_again
loop: loop looping endless endlessly infinite recursion recursive repeat repeats repeating cycle ping-pong
  iterations keeps_calling never_stops never_ends each_other same_args runaway without_end hundred_times
  over_over never_finishes never_stop endless_loop no_end circles
money: cost costs spend spent spending budget price pricey expensive usd dollar dollars cents money charge
  charged burn burned euros eur gbp cash bucks meter allowance wallet price_tag four_times pay_full
language: language languages locale lang translate translated translation english french spanish german italian
  portuguese dutch polish czech russian turkish arabic hebrew hindi chinese mandarin japanese korean swedish
  danish norwegian finnish greek ukrainian romanian hungarian cyrillic kanji gibberish unreadable alphabet
  script foreign tongue characters symbols letters spelling
amount: amount amounts total totals sum sums decimal decimals comma commas thousands separator currency euro eur
  euros usd gbp chf cents digit digits factor magnitude number_format power_of cent dollar francs pounds
invented: invent invented invents invention fabricate fabricated made_up makes_up hallucinate hallucinated
  hallucination fake bogus fictional nonexistent imaginary untrue not_exist never_existed cannot_find nowhere
  fantasy no_such nobody_wrote never_wrote nobody_can nonsense
promise: promise promised promises commit commitment guarantee guaranteed warranty policy policies refund
  refunds refunded discount voucher coupon compensation waive waived entitlement goodwill free_shipping
  money_back offered return_window assured granted grant gift_card granted_him rules terms rule insurance
citation: citation citations cite cites cited citing source sources reference references referenced footnote
  footnotes quote quotes quoted quotation clause paragraph doi bibliography isbn studies study paper author
  mouth quotation_marks
permission: permission permissions acl acls access authorised authorized entitled confidential restricted secret
  private clearance groups roles hr board council intern interns temps contractor contractors not_see not_read
  internal_only directors director junior trainee trainees allowed managers-only management_only access_rights
  ignores_rights
exposed: leak leaked leaks exposed expose exposes disclosure disclosed exfiltrate exfiltrated breach visible
  plaintext unmasked unredacted plain_text clear_text cleartext readable
personal: pii personal iban ibans gdpr salary salaries payroll passport ssn birthdate addresses phone_number
  bank_account bank_details account_numbers employee employees full_names card_number privacy private sensitive
  confidential_data
logs: log logs logged logging trace traces kibana splunk loki datadog graylog logstash cloudwatch opensearch
  sentry elasticsearch jaeger tempo
stranger: tenant tenants cross-tenant another_customer other_customer another_client another_company
  another_tenant wrong_tenant someone_else different_account different_customer other_company other_client
  else_data wrong_customer wrong_account two_customers competitor cross-customer somebody_else another_firm
  other_firm some_other another_organisation meant_for foreign_records stranger
helpdesk: helpdesk ticket tickets zendesk freshdesk intercom servicenow hubspot gorgias kayako case cases
ledger: erp sap netsuite odoo workday dynamics ledger posting posted posts booked booking bookkeeping s4hana
  xero sage
vectors: vector vectors qdrant pinecone weaviate milvus chroma pgvector faiss vespa knowledge_base lookup
  lookups retrieval
embedding: embedding embeddings embed embedder embedded reembed dimension dimensions dim encoder encoders
websearch: web_search websearch bing google tavily serp serpapi brave duckduckgo search_engine search_api
  search_provider news current_events internet captcha internet_lookup robot_check online_search
stale: stale outdated old obsolete superseded outofdate crawl crawled crawler sync synced reindex watermark
  last_year previous_version former not_updated freshness months_old days_ago not_found replaced newer fresh
  superseding last_month weeks_old nothing_newer
model: model models llm gpt claude sonnet opus haiku gemini mistral llama snapshot weights fingerprint
provider: provider vendor openai anthropic azure bedrock vertex gateway upstream
retired: retire retired retires deprecated deprecation sunset discontinued removed withdrawn shutdown eol
  decommissioned switched_off turned_off shut_down end_of no_longer not_found 404 410 gone taken_off pulled
  phased_out shut_off
quota: quota limit limits limited rate_limit throttle throttled throttling ceiling cap exhausted used_up
  exceeded tpm rpm 429 529 overloaded capacity over_quota busy swamped overwhelmed keep_up too_many_requests
  overcrowded
signin: oauth login signin sign_in log_in logged_out credential credentials password 401 unauthorized reauth
  reauthorize reconnect revoked expired authentication scopes invalid_grant refresh_token off-boarded
  authorisation authorization withdrawn lost_access cut_off
prompt: prompt prompts instruction instructions few-shot fewshot template wording examples
release: deploy deployed deploys deployment release released releases rollout rolled_out rollback rolled_back
  upgrade upgraded shipped new_version new_build
autoreply: autoresponder auto-reply autoreply auto-replied vacation of_office ooo noreply no-reply mailer-daemon
  postmaster donotreply bounces auto-submitted office_reply holiday_notice robot robots automatic automated
  automatic_answer absence
mail: mail mails email emails message messages inbox mailed e-mail
attack: injection inject injected jailbreak hidden malicious attacker attack exploit trick tricked manipulated
  override ignore_previous ignore_all previous_instructions white_text follows_instructions commands exfiltrate
  suspicious smuggled secret_orders obeyed obeys stranger_file
guardrail: guardrail guardrails moderation filter filtered filters filtering safety refusal refusals harmless
  harmful censored false_positive content_filter cannot_help not_assist not_help innocent overcautious cautious
  turned_away not_able declines
routing: route routed routing reroute re-route misrouted misclassified wrong_team wrong_queue wrong_department
  sales billing logistics classifier classified category categories triage labels bucket wrong_group
  wrong_people wrong_place assigned
malformed: parse parsing parses json jsondecodeerror unparseable malformed truncated truncation cut_off cuts_off
  incomplete unterminated partial halfway half_way middle eof validation_error broken_json stops_mid unfinished
  braces brackets bracket unexpected_end cut
batch: batch batches job jobs cron nightly import imports scheduler scheduled schedule overnight
workflow: workflow workflows in-flight inflight approval approvals checkpoint checkpoints resume resumes resumed
  long-running suspended temporal langgraph begun continue continues unfinished half-finished sign-off sign-offs
  in_progress wake
schema: schema field fields parameter parameters attribute mandatory required unknown_field missing_field
  renamed interface additional attributes compulsory
document: document documents pdf pdfs scan scans scanned scanner page pages file files attachment attachments
  ocr image images fax photo photos copier
big: large larger big huge oversized size mb megabyte megabytes gb 413 entity_too too_large too_big too_many
  max_size heavy heavier monstrous giant enormous
conversation: conversation conversations chat chats thread threads history session sessions dialogue context
  window
quality: accuracy quality worse degraded degradation drift drifted corrections correcting corrected mistakes
  precision worse_than wrong_values misread reviewers golden slipped benchmark repair repairs fixing
  hand-corrected score worsened
stream: stream streams streaming streamed chunk chunks sse midsentence mid-sentence midway begins
cache: cache cached caches caching reused reuse stored_answer
disk: disk disks volume volumes storage filesystem inode inodes pvc persistentvolume space full filling
memory: memory ram heap oom oomkilled swap leak
network: network interface nic packet packets connection connections tcp bandwidth connectivity socket
cpu: cpu throttling processor cores load
nodes: node nodes host hosts machine machines server servers kubelet instance instances
pods: pod pods container containers replica replicas deployment statefulset daemonset workload
certificate: certificate certificates cert certs tls ssl x509 expiry
replication: replication replica replicas replicated failover standby follower secondary lagging
  under-replicated
config: config configuration configurations configured misconfigured reload reloading settings
clock: clock ntp skew drift time_sync timedatectl chrony
backup: backup backups restore snapshot snapshots archive
dns: dns resolver resolve nameserver coredns hostname
database: database db postgres postgresql mysql mariadb mongo mongodb sqlite rds query queries
broker: kafka rabbitmq broker nats sqs pubsub topic consumer consumers partition partitions
notify: notification notifications notify alertmanager pagerduty receiver receivers
monitoring: prometheus grafana thanos scrape scraping target targets exporter metrics
"""


@lru_cache(maxsize=1)
def _kinds() -> dict[str, tuple[str, ...]]:
    """Stem or joined pair -> the kinds it belongs to."""
    found: dict[str, list[str]] = {}
    for line in TABLE.replace("\n  ", " ").strip().splitlines():
        kind, _, members = line.partition(": ")
        for member in members.split():
            for term in _terms(member):
                found.setdefault(term, []).append(MARK + kind)
    return {term: tuple(dict.fromkeys(kinds)) for term, kinds in found.items()}


def _terms(member: str) -> Iterator[str]:
    tokens = list(words.tokens(member))
    if len(tokens) == 1:
        yield tokens[0].stem
    elif len(tokens) == 2:
        yield tokens[0].surface + tokens[1].stem


def kinds(terms: Iterable[str]) -> list[str]:
    """The kinds of these stems and joined pairs, with repetitions."""
    table = _kinds()
    return [kind for term in terms if term in table for kind in table[term]]
