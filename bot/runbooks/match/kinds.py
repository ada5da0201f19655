"""Words that speak of the same kind of thing: "weaviate" and "vector store", "french" and "wrong language".

General knowledge of operations, not of any runbook: products by what they are, ways of being slow, wrong, refused or
paid for. A kind is indexed as one more term, so a kind that many entries share weighs little by itself. Words written
as one pair ("switched_off", "back_and_forth") are found as neighbours, with whatever stop words stand between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.runbooks.match import words

MARK = "~"
"""Sets a kind apart from a word in the index."""

TABLE = """
slow: slow slowly sluggish latency lag laggy delay p90 p95 p99 ttft timeout timed_out late forever takes_long
  takes_minutes response_time load_time deadline_exceeded high_latency tardy takes_ages indefinitely load_times slows
  lagging minutes_until
hang: idle hang hung freeze froze frozen stall stuck wedged unresponsive spinner spinning halt midway blinking cursor
  hourglass limbo standstill silence dangling deadlock zombie nothing_happens never_finishes never_completes
  never_ends no_progress not_moving not_finish stops_responding still_processing still_running keeps_loading no_end
  stops_mid nothing_more indefinitely interrupted never_comes never_came never_loads no_response no_reaction
  stays_open ends_suddenly stops_suddenly
waiting: queued pile_up wait pending queue backlog pile heap unprocessed unanswered untouched outstanding overdue
  unread not_processed not_picked nobody_picks accumulate climbing no_reply no_answer nothing_arrives not_arriving
  nothing_comes nothing_came not_come response_time await awaiting nothing_moves nothing_processed no_progress
  not_moving stays_queue stuck_queue not_handled unhandled hours_behind fall_behind falling_behind
idle: idle doing_nothing do_nothing not_busy nothing_to_do bored sleeping unused twiddling low_cpu not_consuming
  not_pulling not_pick nobody_pulls not_working apparently_nothing inactive asleep slept not_used does_nothing
down: crashloop failing down outage offline unavailable unreachable crash crashloopbackoff dead died oom oomkilled 500
  502 503 504 unhealthy restart reboot sick collapse not_reachable not_available cannot_reach not_reach not_connect
  connection_refused connection_reset no_connection not_respond not_responding try_later maintenance status_page
  gone_dark broke broken out_of_order not_notready notready not_ready failure faulty lost_connection not_connected
  no_service not_up service_unavailable
refused: reject refuse deny decline bounce block forbid forbidden disallow 403 denied turn_away not_accept not_take
  unsupported not_allowed not_permitted sent_back straight_back thrown_out cannot_help rejection refusal prohibit
  forbade denial ban not_accepted
double: duplicate double twice copy identical 2x 3x 4x triple triplicate redeliver repeat two_times three_times
  several_times multiple_times second_time once_more both_times exact_same same_answer same_message same_mail
  same_number same_amount same_reply dedupe deduplication idempotency idempotent resend again_sent sent_again
  booked_again paid_again posted_again second_copy clone thrice exists_two repetition replicate recurring twins
  two_answers two_replies two_emails two_mails two_messages two_copies three_answers three_replies three_emails
  three_messages again_identical second_answer two_entries
loop: endless_loop loop endless endlessly infinite recursion recursive repeat cycle ping-pong iteration keeps_calling
  never_stops never_stop each_other same_args same_call same_tool same_query runaway hundred_times over_and_over
  again_and_again back_and_forth circles max_steps not_stop cannot_stop keeps_going still_going nonstop non-stop
  without_end keeps_trying round_and_round constantly keeps_searching keeps_asking keeps_running keeps_repeating
  running_circles same_step same_action hundred_calls thousand_calls hundreds_calls
money: cost spend spent spending budget price pricey expensive usd dollar cents money charge burn burned eur gbp cash
  bucks meter wallet overspend costly ai_bill llm_bill monthly_bill cloud_bill usage_bill spend_report cost_alert
  per_answer per_question per_run tripled quadrupled four_times pay_full expenditure expense cheap fee funds monetary
  paying costing paid_too
language: language locale lang translate translation tongue english french spanish german italian portuguese dutch
  polish czech slovak russian turkish arabic hebrew hindi urdu bengali tamil persian farsi chinese mandarin cantonese
  japanese korean vietnamese thai indonesian swedish danish norwegian finnish greek ukrainian romanian bulgarian
  hungarian croatian serbian slovenian estonian latvian lithuanian catalan cyrillic kanji gibberish unreadable
  alphabet script foreign characters symbols letters spelling bilingual not_understand bosnian icelandic macedonian
  flemish serb multilingual mother_tongue
amount: amount total sum decimal comma apostrophe thousands thousandth separator currency euro eur usd gbp chf yen
  cents digit factor magnitude number_format decimal_point power_of_ten ten_times tenfold hundredfold too_high too_low
  extra_zero missing_zero zeros pounds monetary tenth too_small shifted moved_point moved_comma wrong_amount wrong_sum
  minus sign times_too
invented: invent invention fabricate made_up make_up makes_up hallucinate hallucination fake bogus fiction fictional
  fictitious nonexistent imaginary untrue not_exist never_existed no_such never_heard cannot_find not_find nowhere
  thin_air fantasy confabulate unfounded baseless not_true not_real nobody_wrote never_wrote nonsense lie lying
  no_basis never_offered never_agreed hoax false misleading nothing_such not_mentioned wrong_information
promise: promise pledge commit commitment guarantee warranty policy refund discount voucher coupon compensation
  compensate reimburse reimbursement waive entitlement entitled goodwill free_shipping free_of_charge money_back
  full_amount offered offer return_window assure assured grant granted rebate gift gift_card store_credit concession
  rule insurance cancellation return_policy deal vow told_customer free_months
citation: citation cite source reference footnote endnote quote quotation clause paragraph passage section doi
  bibliography isbn study paper author attribution page_number dead_link quotation_marks mouth excerpt article_number
  link page_does hyperlink url
permission: permission acl access authorise entitled confidential restricted secret private clearance group role
  access_rights internal_only need-to-know not_see not_read not_open not_supposed off-limits director management
  manager board council intern trainee apprentice student temp contractor freelancer junior outsider allowed privilege
  unauthorised authorisation managerial able_see able_read able_open restrict secrecy need_clearance not_cleared
sensitive: salary payroll compensation bonus restructuring layoff redundancy dismissal disciplinary appraisal
  acquisition merger hr payslip board_paper strategy wage pay_slip pay_rise earnings takeover reorganisation
  misconduct
exposed: leak expose disclosure disclose exfiltrate breach visible plaintext unmasked unredacted plain_text clear_text
  cleartext readable everyone_sees everybody_sees publicly public revealed uncovered unencrypted
personal: confidential_data pii iban gdpr salary payroll passport ssn birthdate birthday address tax_id phone_number
  home_address bank_account bank_details account_number employee full_name card_number privacy private sensitive
  personal_data data_protection credit_card national_id medical personal_details customer_data private_data
  names_addresses
logs: log logging trace kibana splunk loki datadog graylog logstash cloudwatch opensearch sentry elasticsearch jaeger
  tempo newrelic syslog stdout telemetry log_viewer log_file debug debug_output monitoring_tool log_entries log_lines
  audit_log
stranger: tenant cross-tenant wrong_tenant another_customer other_customer another_client another_company
  another_tenant another_user other_user other_people someone_else somebody_else wrong_person different_account
  different_customer different_client different_company other_company other_client wrong_customer wrong_account
  two_customers competitor cross-customer another_firm other_firm another_organisation not_mine stranger mixed_up
  mix-up rival wrong_name different_firm different_organisation different_person different_user different_tenant
  different_employee
helpdesk: helpdesk ticket zendesk freshdesk intercom servicenow hubspot gorgias kayako case ticket_system
ledger: erp sap netsuite odoo workday dynamics ledger posting posted booked booking bookkeeping s4hana xero sage
  accounting_system accounting_software quickbooks datev
vectors: vector qdrant pinecone weaviate milvus chroma pgvector faiss vespa knowledge_base lookup retrieval retrieve
  retriever document_store document_search search_index similarity_search vector_store search_down cannot_search
  could_not_search not_search search_fails
embedding: embedding embed embedder reembed dimension dim encoder encode text_encoder
irrelevant: irrelevant unrelated random randomly nonsense off-topic off_topic rubbish garbage relevance recall
  wrong_documents wrong_results bad_results not_related nothing_to_do meaningless not_match totally_wrong
  completely_wrong junk useless absurd no_sense makes_no off_target wrong_articles wrong_answers weird_answers
  strange_results irrelevant_documents
websearch: web_search web website bing google tavily serp serpapi brave duckduckgo search_engine search_api
  search_provider news current_events internet captcha internet_lookup robot_check online online_search outside
  external browse browsing egress press_release weather site sites url look_up internet_results web_results web_pages
nothing: empty no_results nothing_found no_hits zero_results found_nothing finds_nothing no_matches not_find
  back_empty nothing_online nothing_comes blank zero_hits no_documents no_answers
stale: not_found weeks_old nothing_newer stale outdated old obsolete superseded outofdate crawl crawler sync reindex
  watermark last_year previous_version former not_updated freshness months_old days_ago weeks_ago months_ago replaced
  newer fresh last_month out_of_date up_to_date not_know still_tells still_shows still_quotes still_answers
  not_included recently_changed newly new_version new_page older newest latest recent defunct not_aware last_quarter
  old_information old_rules old_document still_old still_uses still_refers still_thinks
wiki: wiki confluence sharepoint notion intranet handbook guideline page folder drive knowledge_base
model: model llm gpt claude sonnet opus haiku gemini mistral llama snapshot fingerprint ai_version model_version
provider: provider vendor openai anthropic azure bedrock vertex gateway upstream ai_vendor cohere
retired: retire deprecated deprecation sunset discontinue remove withdrawn shutdown eol decommission switched_off
  turned_off shut_down shut_off end_of_life no_longer not_found 404 410 gone taken_off pulled phased_out not_supported
  legacy not_exist ceased vanished defunct not_offered available_anymore supported_anymore exist_anymore
  deprecated_model
quota: quota limit rate_limit throttle throttling ceiling cap exhausted used_up exceed tpm rpm 429 529 overload
  capacity swamped overwhelmed saturated congested flooded keep_up many_requests overcrowded backoff turning_away
  maximum excessive high_demand heavy_load
signin: oauth login signin logon logged_out credential password 401 unauthorized reauth reauthorize reconnect
  disconnected revoked expired authentication scope invalid_grant refresh_token access_token api_key off-boarded
  withdrawn lost_access cut_off account_disabled consent service_account not_connected lost_connection connection_lost
  reconnecting permission_withdrawn account_closed account_deleted sign-in
prompt: prompt instruction few-shot fewshot template example
release: rolled deploy deployment release rollout rolled rollback upgrade update shipped hotfix patch migration
  went_live new_version new_build version installed went_out
autoreply: office_reply holiday_notice autoresponder auto-reply autoreply vacation holiday out_of_office ooo noreply
  no-reply mailer-daemon postmaster donotreply bounces auto-submitted robot automatic automated absence absent
  delivery_failure undeliverable away_message each_other auto_response automatic_response automatic_reply
mail: mail email message inbox e-mail
attack: injection inject jailbreak hidden hide malicious attacker attack exploit trick manipulate override
  ignore_previous ignore_rules previous_instructions previous_rules white_text follows_instructions exfiltrate
  suspicious smuggle secret_orders obey went_along system_prompt reveal pretend impersonate hacker hacked
  social_engineering compromised intruder malware vulnerability told_bot told_assistant instructions_inside
  written_instructions fake_instructions
guardrail: guardrail moderation filter safety refusal harmless harmful censor false_positive content_filter
  cannot_help not_help not_assist innocent legitimate overcautious cautious turned_away not_able decline violate
  violation violence offensive inappropriate nothing_bad against_rules flagged self-harm refuses_to_answer unsafe
  dangerous unacceptable not_answer policy_violation inappropriate_content against_policy cannot_assist
routing: re-route route reroute misroute misclassified wrong_team wrong_queue wrong_department wrong_desk wrong_group
  wrong_people wrong_place sales logistics classifier classify category triage label bucket assign reassign ends_up
  end_up land dispatch classification not_my_department wrong_inbox wrong_category mixed_categories wrong_owner
malformed: broken_json cut parse parser json jsondecodeerror unparseable malformed truncate truncation cut_off
  cuts_off cut_short incomplete unterminated partial halfway half_way middle eof validation_error stops_mid unfinished
  brace bracket unexpected_end not_read gives_up finish_reason stop_reason max_tokens abruptly lines_missing
  rows_missing missing_rows missing_lines rest_missing first_page last_lines half_result
batch: batch job cron import scheduler schedule overnight second_run ran_twice midnight daily nightly_run
workflow: workflow in-flight inflight approval checkpoint resume long-running suspended temporal langgraph begun
  continue unfinished half-finished halfway half_way middle wake nondeterminism nondeterministic replay sign-off
  still_processing history airflow never_completed old_runs older_runs not_resumed
schema: schema field parameter attribute column mandatory required unknown_field missing_field renamed interface
  additional compulsory 400 422 bad_request unprocessable property breaking_change obligatory interface_changed
  api_changed format_changed field_missing new_format
document: scan scanner ocr image fax photo copier document pdf page file attachment upload
scan: scan scanner ocr image photo picture camera fax copier handwriting handwritten paper jpg jpeg png tiff photocopy
  photograph photographed
big: large larger big huge oversized size mb megabyte gb 413 entity_too too_large too_big too_many max_size heavy
  heavier monstrous giant enormous several_hundred many_pages bigger biggest massive gigantic file_size upload_limit
  many_megabytes
overlong: too_long too_much many_tokens context_window context_length token_limit long_text long_prompt long_chat
  longer length maximum input_too too_large too_big request_too lengthy longest new_chat shorter new_conversation
  start_over fewer_documents
conversation: conversation chat thread history session dialogue context window talk messaging follow-up
quality: accuracy quality worse degrade degradation drift correct correction mistake precision wrong_values misread
  reviewer golden slipped benchmark repair hand-corrected score worsen deteriorate regress regression error_rate
  more_errors sloppy unreliable incorrect inaccurate mistaken inconsistent less_accurate often_wrong more_mistakes
  more_corrections more_wrong
unchanged: nothing_changed no_deploy no_change nobody_touched nothing_touched nothing_deployed no_release
  without_change silent silently quietly unnoticed no_errors not_change flat same_traffic same_number same_volume
  quiet no_reason without_reason nobody_changed same_settings same_usage same_questions not_more
stream: stream streaming chunk sse midsentence mid-sentence midway cursor half_answer feed mid_sentence few_words
  half_sentence answer_stops answer_ends
cache: cache caching reuse stored_answer instantly memoize immediately saved_answer stored_reply same_answer_for
  earlier_answer
"""

TOPICS = """
disk: disk volume storage filesystem inode pvc persistentvolume space filling no_space disk_full
memory: memory ram heap oom oomkilled swap leak
network: network nic packet connection tcp bandwidth connectivity socket vpn proxy firewall subnet egress ingress wan
  load_balancer no_route
cpu: cpu throttling processor core load
nodes: node host machine server kubelet instance rack data_centre data_center gpu vm hypervisor kernel windows_update
pods: pod replica deployment statefulset daemonset workload namespace docker
certificate: certificate tls ssl x509 https expiry
replication: replication replica replicated failover standby secondary under-replicated lagging
config: config misconfigured reload
clock: clock ntp skew drift time_sync timedatectl chrony timezone time_zone daylight_saving
backup: backup restore snapshot archive dump
dns: dns resolve nameserver coredns hostname domain domain_registration
database: database db postgres postgresql mysql mariadb mongo mongodb sqlite rds query tablespace slow_query sql
  table_lock
broker: kafka rabbitmq broker nats sqs pubsub topic consumer partition
notify: notification notify alertmanager pagerduty push_notification
monitoring: prometheus grafana thanos scrape target metric panel dashboard datapoint
bucket: bucket s3 blob object_storage minio gcs accessdenied iam
secrets: key_rotation secret_rotation vault invalid_key api_key hostkey host_key ssh
pipeline: pipeline ci build_pipeline terraform helm ansible jenkins argocd github gitlab merge_conflict pip npm branch
  pull_request repository
screen: button screen menu css layout font browser mobile ios android iphone ipad tablet keyboard click widget website
  webpage dashboard frontend dark_mode blank_page white_page portal homepage checkbox dropdown tooltip popup
  cookie_banner firefox chrome safari edge javascript refresh_button icon logo banner cdn js_bundle font_size
  screen_reader contrast shortcut image_icon
format: markdown html bold italic asterisks line_break formatting emoji indentation bullet table_layout
print: print printer toner export excel csv spreadsheet powerpoint slide
survey: survey csat nps feedback thumbs satisfaction questionnaire
reporting: statistics monthly_report weekly_report usage_report management_report tableau kpi steering_meeting
  quarterly_report management_summary
office: wifi wi-fi laptop badge training_course coffee kitchen parking lift elevator projector canteen battery headset
  stolen meeting_room docking_station
telephony: phone telephone call_centre hotline softphone telco voicemail call_recording phone_queue handset
staff: payslip overtime holiday_calendar rota shift vacation_days new_colleague new_joiner onboarding hiring timesheet
  time_sheet sick_leave short-staffed shift_plan webinar workshop
identity: sso saml idp mfa two-factor 2fa password_reset locked_out identity_provider login_page sign-in_page
  login_screen password_policy ldap active_directory cannot_log account_locked new_password forgot_password sign-up
  two_factor
mailbox: mailbox imap smtp spam dmarc spf dkim sftp phishing newsletter mail_server spam_folder junk_folder
  not_delivered undelivered
bank: bank payment_file bank_transfer payee swift bic treasury payment_run payment_terminal paypal
rates: exchange_rate ecb vat_rate tax_rate fx revaluation
masterdata: master_data vendor_master supplier_record cost_centre cost_center chart_accounts vendor_record
  supplier_portal new_supplier supplier_changed vendor_onboarding vendor_number supplier_name bank_change changed_bank
closing: period_closed closed_period month-end year_end quarter_end fiscal_year audit credit_note accrual depreciation
  general_ledger balance_sheet audit_trail
erase: erase delete deletion
speech: voice audio microphone transcription speech video
tone: tone polite impolite rude formal greeting salutation signature greet first_name surname misspelled gender
  pronoun
shop: checkout cart basket webshop storefront
logistics: parcel courier warehouse shipment freight
testing: staging load_test unit_test test_environment sandbox qa penetration_test
analytics: analytics event_tracking warehouse_load etl datawarehouse data_warehouse powerbi looker bi
chatapp: slack msteams whatsapp telegram teams_app slack_channel not_in_channel
arithmetic: arithmetic calculate calculation calculator added_up adds_up multiply maths
licensing: licence license seat subscription contract_renewal trial_period
einvoice: ubl peppol zugferd edi edifact xrechnung xml
dunning: dunning late_fee collection_agency
deskwork: macro canned_response merge_tickets merged_tickets auto-close duplicate_ticket saved_view
saved: bookmark favourite share_link saved_conversations history_gone history_lost lost_history chats_gone
schedule: opening_hours holiday_schedule business_hours maintenance_window planned_maintenance sla sla_clock
  maintenance
"""
"""Areas of work and parts of systems. A report about one that no entry speaks of is about something else."""

_FILLING = words.STOP - words.listed(
    "again another both do does doing each else few many more most much once only other own per same such too until"
)
"""Stop words that say nothing between two others, unlike those in "too large", "the same answer", "each other"."""


AREAS = frozenset(MARK + line.partition(":")[0] for line in TOPICS.strip().split("\n") if line[0] != " ")
"""The kinds of TOPICS."""

_Kinds = tuple[str, ...]
_NO_PAIRS: dict[str, _Kinds] = {}


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, _Kinds], dict[str, dict[str, _Kinds]]]:
    """Stem -> its kinds, and first stem -> second stem -> the kinds of the pair."""
    single: dict[str, dict[str, None]] = {}
    pairs: dict[str, dict[str, dict[str, None]]] = {}
    for line in (TABLE + TOPICS).replace("\n  ", " ").strip().splitlines():
        kind, _, members = line.partition(": ")
        for member in members.split():
            first, *rest = [token.stem for token in words.tokens(member) if token.surface not in _FILLING]
            if not rest:
                single.setdefault(first, {})[MARK + kind] = None
            else:
                pairs.setdefault(first, {}).setdefault(rest[0], {})[MARK + kind] = None
    return (
        {stem: tuple(kinds) for stem, kinds in single.items()},
        {first: {second: tuple(kinds) for second, kinds in after.items()} for first, after in pairs.items()},
    )


def known(stem: str) -> bool:
    """The table has the word: it is no mistake in typing, whether entries use it or not."""
    return stem in _table()[0]


def spoken(tokens: Sequence[words.Token]) -> Iterator[tuple[str, str]]:
    """The kinds of things a sentence speaks of, each with the stem or the two stems that tell it."""
    single, pairs = _table()
    before: dict[str, _Kinds] = {}
    first = ""
    for surface, stem in tokens:
        if surface in _FILLING:
            continue
        if stem in single:
            for kind in single[stem]:
                yield kind, stem
        if stem in before:
            for kind in before[stem]:
                yield kind, f"{first} {stem}"
        before, first = pairs.get(stem, _NO_PAIRS), stem
