#include "services/tracker/deadlines/event_catalog.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/civil_date.h"
#include "services/base/money.h"
#include "services/base/strings.h"
#include "services/base/suggest.h"
#include "services/base/written_date.h"
#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/span.h"

namespace foia::tracker {
namespace {

// Attributes that several events share, or that have several spellings of what they take.
constexpr EventAttribute kVia = {
    "via", AttributeKind::kText, "", AttributeNeed::kOptional,
    "how it travelled: email, mail, fax, portal...; some rules count by it"};
constexpr EventAttribute kKind = {
    "kind", AttributeKind::kText, "", AttributeNeed::kOptional,
    "what the rules tell apart: commercial, recurrent, voluminous, municipality..."};
constexpr EventAttribute kComponent = {"component", AttributeKind::kText, "",
                                       AttributeNeed::kOptional,
                                       "which component, where several received it"};
constexpr EventAttribute kReplyBy = {"reply_by", AttributeKind::kDate, "", AttributeNeed::kOptional,
                                     "the day by which the letter wants an answer"};
constexpr EventAttribute kDays = {"days", AttributeKind::kCount, "", AttributeNeed::kOptional,
                                  "how many days"};
constexpr EventAttribute kUntil = {"until", AttributeKind::kDate, "", AttributeNeed::kOptional,
                                   "up to this day"};
constexpr EventAttribute kUntilRequired = {"until", AttributeKind::kDate, "",
                                           AttributeNeed::kRequired, "up to this day"};
constexpr EventAttribute kDeadline = {"deadline", AttributeKind::kDeadline, "",
                                      AttributeNeed::kOptional,
                                      "which deadline it moves, when that is not plain"};
constexpr EventAttribute kDeadlineSeen = {"deadline", AttributeKind::kDeadline, "",
                                          AttributeNeed::kRequired, "which deadline had passed"};
constexpr EventAttribute kDate = {"date", AttributeKind::kDate, "", AttributeNeed::kOptional,
                                  "the day it sets"};
constexpr EventAttribute kDateRequired = {"date", AttributeKind::kDate, "",
                                          AttributeNeed::kRequired, "the day it sets"};
constexpr EventAttribute kN = {"n", AttributeKind::kCount, "", AttributeNeed::kOptional,
                               "which release"};
constexpr EventAttribute kPages = {"pages", AttributeKind::kCount, "", AttributeNeed::kOptional,
                                   "how many pages were released"};
constexpr EventAttribute kAdverseOutcome = {
    "outcome", AttributeKind::kChoice,
    "partial full_denial no_records glomar not_reasonably_described fee_nonpayment referred "
    "duplicate",
    AttributeNeed::kOptional, "the result"};
constexpr EventAttribute kAnyOutcome = {
    "outcome", AttributeKind::kChoice,
    "full_grant partial full_denial no_records glomar referred not_reasonably_described "
    "fee_nonpayment duplicate administratively_closed moot_by_release",
    AttributeNeed::kOptional, "the result"};
constexpr EventAttribute kAppealOutcome = {
    "outcome", AttributeKind::kChoice, "affirmed partly_reversed reversed remanded dismissed moot",
    AttributeNeed::kWanted, "the result"};
constexpr EventAttribute kDecision = {"outcome", AttributeKind::kChoice, "granted denied",
                                      AttributeNeed::kWanted, "the decision"};
constexpr EventAttribute kWaiverDecision = {"outcome", AttributeKind::kChoice,
                                            "granted partly denied", AttributeNeed::kWanted,
                                            "the decision"};
constexpr EventAttribute kRequest = {"request", AttributeKind::kText, "", AttributeNeed::kOptional,
                                     "the linked request"};
constexpr EventAttribute kTo = {"to", AttributeKind::kText, "", AttributeNeed::kOptional,
                                "the other agency"};
constexpr EventAttribute kAmount = {"amount", AttributeKind::kAmount, "", AttributeNeed::kOptional,
                                    "how much, in US dollars: 1200.50"};
constexpr EventAttribute kAmountAsked = {
    "amount", AttributeKind::kAmount, "", AttributeNeed::kWanted,
    "what the letter asks to be paid now, in US dollars: 1200.50"};
constexpr EventAttribute kAmountGiven = {"amount", AttributeKind::kAmount, "",
                                         AttributeNeed::kWanted,
                                         "how much, in US dollars: 1200.50"};
constexpr EventAttribute kLimit = {"limit", AttributeKind::kAmount, "", AttributeNeed::kOptional,
                                   "how much at most, in US dollars"};
constexpr EventAttribute kIssue = {"issue", AttributeKind::kChoice,
                                   "exemption search no_records glomar fee expedite constructive",
                                   AttributeNeed::kOptional, "what the appeal is about"};
constexpr EventAttribute kAppeal = {"appeal", AttributeKind::kText, "", AttributeNeed::kOptional,
                                    "the number of the appeal, where there are several"};
constexpr EventAttribute kDetermination = {
    "determination", AttributeKind::kText, "", AttributeNeed::kOptional,
    "the event that is appealed, where that is not the newest"};
constexpr EventAttribute kWith = {"with", AttributeKind::kText, "", AttributeNeed::kOptional,
                                  "ogis, liaison..."};
constexpr EventAttribute kDocket = {"docket", AttributeKind::kText, "", AttributeNeed::kOptional,
                                    "docket number of the case, where there are several"};
constexpr EventAttribute kCourt = {"court", AttributeKind::kText, "", AttributeNeed::kOptional,
                                   "which court"};
constexpr EventAttribute kEcf = {"ecf", AttributeKind::kText, "", AttributeNeed::kOptional,
                                 "its number on the docket (ECF)"};
constexpr EventAttribute kOrderKind = {
    "kind", AttributeKind::kChoice, "schedule production status_report ended",
    AttributeNeed::kOptional, "what it orders; ended: what was ordered before is over"};
constexpr EventAttribute kPagesOrdered = {"pages", AttributeKind::kCount, "",
                                          AttributeNeed::kOptional,
                                          "how many pages by `date`, and in each period"};
constexpr EventAttribute kPer = {
    "per", AttributeKind::kSpan, "", AttributeNeed::kOptional,
    "how often the date recurs: week, month, month-end, 2-weeks, 30-days"};
constexpr EventAttribute kCounts = {
    "counts", AttributeKind::kChoice, "processed released", AttributeNeed::kOptional,
    "which pages count: those processed, where they are recorded, or only those released"};
constexpr EventAttribute kExcess = {
    "excess", AttributeKind::kChoice, "carried", AttributeNeed::kOptional,
    "carried: what is produced beyond the pages of a period counts for the next one"};
constexpr EventAttribute kLastDate = {"until", AttributeKind::kDate, "", AttributeNeed::kOptional,
                                      "the last day of the schedule"};
constexpr EventAttribute kProcessed = {"processed", AttributeKind::kCount, "",
                                       AttributeNeed::kOptional,
                                       "how many pages were processed, withheld ones included"};
constexpr EventAttribute kFor = {"for", AttributeKind::kDate, "", AttributeNeed::kOptional,
                                 "the ordered date that it is for, when that is not the next one"};
constexpr EventAttribute kFinal = {"final", AttributeKind::kChoice, "yes", AttributeNeed::kOptional,
                                   "yes: nothing more will come"};
constexpr EventAttribute kParty = {"party", AttributeKind::kChoice, "agency requester",
                                   AttributeNeed::kOptional, "whom it binds"};
constexpr EventAttribute kAppellant = {"party", AttributeKind::kChoice, "agency requester",
                                       AttributeNeed::kWanted, "who appealed"};
constexpr EventAttribute kVoidReason = {"reason", AttributeKind::kText, "",
                                        AttributeNeed::kRequired, "why it was a mistake"};
constexpr EventAttribute kAccess = {"access", AttributeKind::kChoice, "private team public",
                                    AttributeNeed::kRequired, "how far the request may be shown"};

const std::vector<EventInfo>* MakeCatalog() {
  return new std::vector<EventInfo>{
      {v1::EVENT_TYPE_APPROVED,
       "Filing",
       "The requester's side approved the text.",
       "filing: approved",
       "",
       {}},
      {v1::EVENT_TYPE_QUEUED, "Filing", "The request waits to be sent.", "filing: queued", "", {}},
      {v1::EVENT_TYPE_SENT,
       "Filing",
       "We sent the request. Starts no clock: the clock starts at receipt.",
       "filing: sent",
       "starts none",
       {kVia}},
      {v1::EVENT_TYPE_DELIVERED,
       "Filing",
       "Evidence that it was delivered (mail receipt, portal confirmation). Receipt is presumed "
       "from it while nothing better is known.",
       "filing: delivered",
       "presumed receipt, while no receipt is recorded",
       {kVia}},
      {v1::EVENT_TYPE_PRESUMED_DELIVERED,
       "Filing",
       "Nobody confirmed delivery, and a person decided to presume it.",
       "filing: presumed delivered",
       "presumed receipt, while no receipt is recorded",
       {kVia}},
      {v1::EVENT_TYPE_DELIVERY_FAILED,
       "Filing",
       "Delivery failed.",
       "filing: delivery failed, unless delivery is proved",
       "",
       {kVia}},
      {v1::EVENT_TYPE_RECEIVED,
       "Processing",
       "The agency received the request, and the right component is not in doubt. `kind` "
       "(commercial, recurrent, voluminous, municipality...) and `via` (email, mail, portal...) "
       "select rules.",
       "filing: delivered; processing: running",
       "starts the time to determine",
       {kKind, kVia, kComponent}},
      {v1::EVENT_TYPE_RECEIVED_ANY,
       "Processing",
       "Some designated component first received it.",
       "filing: delivered; processing: misdirected, and running once the time to route it is over",
       "starts the time to route it",
       {kVia, kComponent}},
      {v1::EVENT_TYPE_RECEIVED_PROPER,
       "Processing",
       "The proper component received it.",
       "filing: delivered; processing: running",
       "starts the time to determine",
       {kKind, kVia, kComponent}},
      {v1::EVENT_TYPE_ACKNOWLEDGED,
       "Processing",
       "The agency acknowledged it. Stops no federal clock. Without a recorded receipt the request "
       "is presumed to have come no later than this day.",
       "filing: delivered; processing: running",
       "meets an acknowledgement due; presumed receipt, while none is recorded; stops no federal "
       "clock",
       {}},
      {v1::EVENT_TYPE_MISDIRECTED,
       "Processing",
       "The agency says that it is not the right one.",
       "processing: misdirected",
       "",
       {}},
      {v1::EVENT_TYPE_INFO_TOLL_START,
       "Processing",
       "The agency asked us for information.",
       "processing: tolled for information where the rules stop the clock, unperfected before "
       "receipt",
       "stops the time to determine, federally once; starts our time to answer",
       {kReplyBy}},
      {v1::EVENT_TYPE_INFO_TOLL_STOP,
       "Processing",
       "The agency received our information.",
       "processing: running",
       "lets the time run again with the days that are left",
       {}},
      {v1::EVENT_TYPE_FEE_TOLL_START,
       "Processing",
       "The agency asked us to clarify fees.",
       "processing: tolled for fees where the rules stop the clock",
       "stops the time to determine; starts our time to answer",
       {kAmount, kReplyBy}},
      {v1::EVENT_TYPE_FEE_TOLL_STOP,
       "Processing",
       "The agency received our answer about fees.",
       "processing: running",
       "lets the time run again with the days that are left",
       {}},
      {v1::EVENT_TYPE_EXTENSION_NOTICE,
       "Processing",
       "The agency extended its time in writing: `days`, or `until` (a date). `deadline` names the "
       "deadline it extends when that is not plain.",
       "processing: extended, or appeal: extended, when it came in time",
       "extends by `days` or to `until`, at most as far as the law allows; a late notice extends "
       "nothing",
       {kDays, kUntil, kDeadline}},
      {v1::EVENT_TYPE_ALTERNATIVE_DATE_AGREED,
       "Processing",
       "Requester and agency agreed on another date: `date`.",
       "",
       "replaces the date to determine by `date`",
       {kDateRequired, kDeadline}},
      {v1::EVENT_TYPE_ESTIMATE_GIVEN,
       "Processing",
       "The agency estimated when it will be done. No legal effect.",
       "",
       "a soft date",
       {kDate}},
      {v1::EVENT_TYPE_INTERIM_RELEASE,
       "Processing",
       "Part of the records came.",
       "processing: producing; sets no outcome",
       "stops none; is set against what was promised or ordered for the period",
       {kN, kPages, kProcessed, kFor, kFinal, kDocket}},
      {v1::EVENT_TYPE_DETERMINATION,
       "Processing",
       "The agency made and communicated its determination.",
       "processing: determined; when anything was withheld, appeal: open",
       "stops the time to determine; when anything was withheld, starts the time to appeal",
       {kAnyOutcome}},
      {v1::EVENT_TYPE_ADVERSE_DETERMINATION,
       "Processing",
       "A determination that is adverse at least in part: an appeal is open.",
       "processing: determined; appeal: open",
       "stops the time to determine; starts the time to appeal",
       {kAdverseOutcome}},
      {v1::EVENT_TYPE_RESPONDED,
       "Processing",
       "A body answered, where the law asks for an answer rather than a determination.",
       "processing: determined; when anything was withheld, appeal: open",
       "stops the time to answer; when anything was withheld, starts the time to appeal",
       {kAnyOutcome}},
      {v1::EVENT_TYPE_DENIED,
       "Processing",
       "The request, or part of it, was denied.",
       "processing: determined; appeal: open",
       "stops the time to answer; starts the time to appeal",
       {kAnyOutcome}},
      {v1::EVENT_TYPE_FINAL_DENIAL,
       "Processing",
       "The body's last word was a denial.",
       "processing: determined; appeal: open",
       "stops the time to answer; starts the time to appeal",
       {kAnyOutcome}},
      {v1::EVENT_TYPE_PRODUCED,
       "Processing",
       "The records were produced.",
       "processing: determined; when anything was withheld, appeal: open",
       "stops the times to answer and to produce; when anything was withheld, starts the time to "
       "appeal; is set against what was promised or ordered for the period",
       {kAnyOutcome, kPages, kProcessed, kFor, kFinal, kDocket}},
      {v1::EVENT_TYPE_WITHDRAWN,
       "Processing",
       "We withdrew the request.",
       "processing: closed, outcome withdrawn",
       "ends all",
       {}},
      {v1::EVENT_TYPE_CLOSED,
       "Processing",
       "The agency closed the request.",
       "processing: closed; the outcome is the one given, that of the determination, or "
       "administratively closed",
       "where nothing answered before it, or with another outcome: as an answer; else none",
       {kAnyOutcome}},
      {v1::EVENT_TYPE_REOPENED,
       "Processing",
       "The request was opened again after withdrawal or closing.",
       "processing: as before it was closed",
       "undoes a withdrawal",
       {}},
      {v1::EVENT_TYPE_INTERIM_DETERMINATION,
       "Processing",
       "A determination on a part of the request, adverse at least in part: opens an appeal clock "
       "of its own, but the request as a whole is not determined.",
       "appeal: open",
       "starts a time to appeal of its own",
       {kAdverseOutcome}},
      {v1::EVENT_TYPE_REFERRED,
       "Processing",
       "The agency referred records to another agency, which answers to us directly: `request` "
       "names the linked request that has its own clock.",
       "",
       "none here",
       {kRequest, kTo}},
      {v1::EVENT_TYPE_CONSULTATION_STARTED,
       "Processing",
       "The agency consults another agency and answers itself. Stops no clock.",
       "",
       "stops none",
       {kRequest, kTo}},
      {v1::EVENT_TYPE_CONSULTATION_ENDED,
       "Processing",
       "The consultation ended.",
       "",
       "",
       {kRequest, kTo}},
      {v1::EVENT_TYPE_PRODUCTION_SCHEDULED,
       "Processing",
       "The agency promised or was ordered to produce next on `date`.",
       "processing: producing",
       "the next production is due on `date`, and after each period with `per`",
       {kDateRequired, kPagesOrdered, kPer, kLastDate, kCounts, kExcess, kDocket, kEcf}},
      {v1::EVENT_TYPE_CONSOLIDATED,
       "Processing",
       "The agency joined the request with another one: `request`.",
       "",
       "",
       {kRequest}},
      {v1::EVENT_TYPE_EXPEDITE_REQUESTED,
       "Expedition",
       "We asked for expedited processing.",
       "expedite: asked, and silent once the time to decide is over",
       "starts the time to decide on expedition",
       {}},
      {v1::EVENT_TYPE_EXPEDITE_DECIDED,
       "Expedition",
       "The agency decided on expedition and told us.",
       "expedite: granted or denied; when denied, appeal: open",
       "stops the time to decide on expedition",
       {kDecision}},
      {v1::EVENT_TYPE_FEE_WAIVER_REQUESTED,
       "Fees",
       "We asked for a waiver.",
       "fee: waiver asked",
       "",
       {}},
      {v1::EVENT_TYPE_FEE_WAIVER_DECIDED,
       "Fees",
       "The agency decided on the waiver.",
       "fee: waiver granted, partly granted or denied; when not granted, appeal: open. A denial "
       "asks for no money",
       "",
       {kWaiverDecision, kAmount}},
      {v1::EVENT_TYPE_FEE_ESTIMATE,
       "Fees",
       "The agency estimated the fee.",
       "fee: estimated",
       "starts our time to answer",
       {kAmount, kReplyBy}},
      {v1::EVENT_TYPE_FEE_COMMITTED,
       "Fees",
       "We committed to pay up to a limit.",
       "fee: committed",
       "meets our time to answer an estimate or a question, not a demand for money",
       {kLimit}},
      {v1::EVENT_TYPE_PREPAY_DEMANDED,
       "Fees",
       "The agency wants money in advance.",
       "fee: prepayment demanded",
       "starts our time to pay",
       {kAmountAsked, kReplyBy}},
      {v1::EVENT_TYPE_INVOICED,
       "Fees",
       "The agency sent an invoice.",
       "fee: invoiced",
       "starts our time to pay",
       {kAmountAsked, kReplyBy}},
      {v1::EVENT_TYPE_PAID,
       "Fees",
       "We paid `amount`. It is set against the letters that asked for money before, the oldest "
       "first, or against the one that `of` names.",
       "fee: paid, once nothing is open",
       "meets our time to pay once nothing of the letter's amount is open",
       {kAmountGiven}},
      {v1::EVENT_TYPE_FEE_DISPUTED,
       "Fees",
       "We dispute the fee, or `amount` of it.",
       "fee: disputed",
       "meets our time to pay for what is disputed",
       {kAmount}},
      {v1::EVENT_TYPE_FEE_BAR_VOLUME_EXCEPTION,
       "Fees",
       "The agency shows that the bar on search fees does not hold: unusual circumstances, more "
       "than 5,000 pages, timely notice and narrowing discussed, 5 U.S.C. "
       "552(a)(4)(A)(viii)(II)(bb).",
       "",
       "ends the bar on search fees",
       {}},
      {v1::EVENT_TYPE_FEE_BAR_COURT_EXCEPTION,
       "Fees",
       "A court found exceptional circumstances, (cc): the bar does not hold until `until`.",
       "",
       "suspends the bar on search fees until `until`",
       {kUntil, kDocket}},
      {v1::EVENT_TYPE_REFUNDED,
       "Fees",
       "The agency gave money back. A payment that never arrived is corrected instead.",
       "",
       "",
       {kAmountGiven}},
      {v1::EVENT_TYPE_APPEAL_SENT,
       "Appeal",
       "We sent an appeal.",
       "appeal: filed",
       "meets the time to appeal where sending counts",
       {kIssue, kAppeal, kDetermination, kVia}},
      {v1::EVENT_TYPE_APPEAL_RECEIVED,
       "Appeal",
       "The agency received the appeal.",
       "appeal: received",
       "meets the time to appeal; starts the time to decide the appeal, which no question stops",
       {kIssue, kAppeal, kDetermination, kVia}},
      {v1::EVENT_TYPE_APPEAL_DECIDED,
       "Appeal",
       "The appeal was decided. `outcome`: affirmed, partly_reversed, reversed, remanded, "
       "dismissed or moot.",
       "appeal: decided; when remanded, processing: running",
       "stops the time to decide the appeal; starts the time to sue",
       {kAppealOutcome, kIssue, kAppeal}},
      {v1::EVENT_TYPE_APPEAL_DRAFTED,
       "Appeal",
       "We drafted an appeal.",
       "appeal: draft",
       "",
       {kIssue, kAppeal, kDetermination}},
      {v1::EVENT_TYPE_APPEAL_WITHDRAWN,
       "Appeal",
       "We withdrew the appeal.",
       "appeal: withdrawn",
       "",
       {kAppeal}},
      {v1::EVENT_TYPE_REVIEW_REQUESTED,
       "Appeal",
       "We asked an office outside the body for review, or complained to it (records office, "
       "Attorney General).",
       "",
       "meets the time for it",
       {kWith}},
      {v1::EVENT_TYPE_MEDIATION_REQUESTED,
       "Mediation",
       "We asked a mediator (OGIS, public liaison). Stops no clock.",
       "mediation: asked",
       "stops none",
       {kWith}},
      {v1::EVENT_TYPE_MEDIATION_OPENED,
       "Mediation",
       "The mediator took the case.",
       "mediation: open",
       "stops none",
       {}},
      {v1::EVENT_TYPE_MEDIATION_CLOSED,
       "Mediation",
       "The mediator closed the case.",
       "mediation: closed",
       "",
       {}},
      {v1::EVENT_TYPE_COMPLAINT_FILED,
       "Court",
       "We filed a complaint.",
       "court: filed",
       "keeps exhaustion against a late determination; meets the time to sue",
       {kDocket, kCourt}},
      {v1::EVENT_TYPE_SERVED,
       "Court",
       "The defendant was served.",
       "court: served",
       "starts the time to answer the complaint",
       {kDocket}},
      {v1::EVENT_TYPE_ANSWERED,
       "Court",
       "The defendant answered.",
       "court: answered",
       "stops the time to answer the complaint",
       {kDocket}},
      {v1::EVENT_TYPE_COURT_ORDER,
       "Court",
       "The court made an order; `date` is the day it sets. With `per` the date recurs; with "
       "`pages` "
       "each production is set against them. A later order with `per` in the same case replaces an "
       "earlier one of its kind from its day.",
       "court: schedule, or production with `kind=production`; a later stage stays",
       "a court date on `date`, and after each period with `per`",
       {kDate, kParty, kOrderKind, kPagesOrdered, kPer, kLastDate, kCounts, kExcess, kDocket,
        kEcf}},
      {v1::EVENT_TYPE_JUDGMENT,
       "Court",
       "Judgment was entered, or an order on a motion against it.",
       "court: judgment",
       "starts the times for a motion for fees, a motion against the judgment, and a notice of "
       "appeal",
       {kDocket, kEcf}},
      {v1::EVENT_TYPE_CASE_CLOSED,
       "Court",
       "The court case is closed.",
       "court: closed",
       "",
       {kDocket}},
      {v1::EVENT_TYPE_SUIT_CONSIDERED,
       "Court",
       "We watch the request with a suit in mind.",
       "court: watch",
       "",
       {}},
      {v1::EVENT_TYPE_READY_TO_SUE,
       "Court",
       "The complaint is ready.",
       "court: ready to sue",
       "",
       {}},
      {v1::EVENT_TYPE_VAUGHN_INDEX_SERVED,
       "Court",
       "The agency served its Vaughn index.",
       "court: Vaughn index",
       "",
       {kDocket}},
      {v1::EVENT_TYPE_SUMMARY_JUDGMENT_MOVED,
       "Court",
       "A party moved for summary judgment.",
       "court: summary judgment",
       "",
       {kDocket}},
      {v1::EVENT_TYPE_STATUS_REPORT_FILED,
       "Court",
       "A party filed the status report that the court asked for.",
       "",
       "meets the date that the court set for it",
       {kFor, kDocket, kEcf}},
      {v1::EVENT_TYPE_FEES_MOVED,
       "Court",
       "We moved for fees.",
       "court: fees",
       "meets the time for it",
       {kDocket}},
      {v1::EVENT_TYPE_COURT_APPEAL_FILED,
       "Court",
       "A party filed a notice of appeal against the judgment.",
       "court: on appeal",
       "ours meets the time for it; the agency's starts the time for a cross-appeal",
       {kAppellant, kDocket}},
      {v1::EVENT_TYPE_CURE_DEMANDED,
       "Court",
       "We served on the body the complaint that the law asks for before a suit (Ohio).",
       "",
       "starts the time in which the body may put things right",
       {}},
      {v1::EVENT_TYPE_RECURRENT_NOTICE_SENT,
       "Illinois and Texas",
       "The body told us that we count as a recurrent requester.",
       "",
       "Illinois: meets the time for this notice",
       {}},
      {v1::EVENT_TYPE_VOLUMINOUS_NOTICE_SENT,
       "Illinois and Texas",
       "The body told us that the request counts as voluminous.",
       "",
       "Illinois: starts our time to reply",
       {}},
      {v1::EVENT_TYPE_REQUESTER_REPLY_RECEIVED,
       "Illinois and Texas",
       "The body received our reply to that notice.",
       "",
       "Illinois: starts the time for the answer",
       {}},
      {v1::EVENT_TYPE_PAC_REVIEW_REQUESTED,
       "Illinois and Texas",
       "We asked the Public Access Counselor for review.",
       "appeal: filed",
       "Illinois: meets our time to ask for review",
       {kAppeal, kDetermination}},
      {v1::EVENT_TYPE_PAC_REQUEST_RECEIVED,
       "Illinois and Texas",
       "The body received the request for review from the Public Access Counselor.",
       "appeal: received",
       "Illinois: starts the time of the body to answer the counselor",
       {kAppeal}},
      {v1::EVENT_TYPE_PAC_BODY_REPLIED,
       "Illinois and Texas",
       "The body answered the Public Access Counselor.",
       "",
       "Illinois: stops the time of the body to answer the counselor",
       {}},
      {v1::EVENT_TYPE_AG_REQUEST_SENT,
       "Illinois and Texas",
       "The body asked the Attorney General for a ruling.",
       "",
       "Texas: meets the time to ask for a ruling",
       {}},
      {v1::EVENT_TYPE_AG_REQUEST_RECEIVED,
       "Illinois and Texas",
       "The Attorney General received that request.",
       "",
       "Texas: starts the time to rule",
       {}},
      {v1::EVENT_TYPE_AG_BRIEF_SENT,
       "Illinois and Texas",
       "The body sent its brief to the Attorney General.",
       "",
       "Texas: meets the time for the brief",
       {}},
      {v1::EVENT_TYPE_AG_EXTENSION_NOTICE,
       "Illinois and Texas",
       "The Attorney General extended the time for the ruling.",
       "",
       "Texas: extends the time to rule",
       {kDays, kUntil, kDeadline}},
      {v1::EVENT_TYPE_AG_DECIDED,
       "Illinois and Texas",
       "The Attorney General ruled.",
       "",
       "Texas: stops the time to rule",
       {}},
      {v1::EVENT_TYPE_COST_STATEMENT_SENT,
       "Illinois and Texas",
       "The body sent a statement of costs or a demand for a deposit.",
       "fee: estimated",
       "Texas: starts our time to answer",
       {kAmount, kReplyBy}},
      {v1::EVENT_TYPE_COST_STATEMENT_ANSWERED,
       "Illinois and Texas",
       "We answered the statement of costs.",
       "",
       "Texas: stops our time to answer",
       {}},
      {v1::EVENT_TYPE_PAC_BODY_REPLY_FORWARDED,
       "Illinois and Texas",
       "We received the body's answer to the Public Access Counselor.",
       "",
       "Illinois: starts our time to reply",
       {}},
      {v1::EVENT_TYPE_PAC_REQUESTER_REPLIED,
       "Illinois and Texas",
       "We replied to that answer.",
       "",
       "Illinois: stops our time to reply",
       {}},
      {v1::EVENT_TYPE_PAC_DECIDED,
       "Illinois and Texas",
       "The Public Access Counselor decided.",
       "appeal: decided",
       "",
       {kAppealOutcome, kAppeal}},
      {v1::EVENT_TYPE_EMBARGO_SET,
       "Records about the record",
       "The request stays private until `until`.",
       "access: embargo until the latest `until` of all; never less private than before",
       "the end of the embargo",
       {kUntilRequired}},
      {v1::EVENT_TYPE_ACCESS_CHANGED,
       "Records about the record",
       "Who may read the request changed.",
       "access: as `access` says; the only event that can make it less private",
       "",
       {kAccess}},
      {v1::EVENT_TYPE_CORRECTION,
       "Records about the record",
       "Takes back the event it supersedes and puts nothing in its place.",
       "as without the event it supersedes",
       "as without the event it supersedes",
       {}},
      {v1::EVENT_TYPE_NOTE, "Records about the record", "A remark. No effect.", "", "", {}},
      {v1::EVENT_TYPE_REMINDER_SET,
       "Records about the record",
       "Our own reminder for `date`, whatever happens.",
       "",
       "a reminder on `date`",
       {kDateRequired}},
      {v1::EVENT_TYPE_REMINDER_DONE,
       "Records about the record",
       "The reminder was dealt with.",
       "",
       "ends the reminder",
       {}},
      {v1::EVENT_TYPE_LAPSE_SEEN,
       "Records about the record",
       "A person saw that the last day of `deadline` had passed, and it needs nobody any more; "
       "with "
       "deadline=open_denial, that nothing will be done about a denial without a known last day. "
       "Changes no date and no right.",
       "",
       "none; the row leaves the docket",
       {kDeadlineSeen}},
      {v1::EVENT_TYPE_VOIDED,
       "Records about the record",
       "The request was opened by mistake, `reason`. It is kept and marked; nothing else can be "
       "recorded of it until that is taken back.",
       "state: voided; the request leaves the docket, lists, and the guard against a second filing",
       "ends all",
       {kVoidReason}},
  };
}

std::vector<std::string> Choices(const EventAttribute& attribute) {
  return absl::StrSplit(ToAbsl(attribute.choices), ' ', absl::SkipEmpty());
}

// Why `value` cannot stand there; empty when it can.
std::string Problem(const EventAttribute& attribute, const std::string& value, const Rules& rules) {
  int count = 0;
  switch (attribute.kind) {
    case AttributeKind::kDate: {
      if (ParseDate(value, attribute.name).ok()) return "";
      const absl::StatusOr<CivilDate> written =
          ParseWrittenDate(value, attribute.name, std::nullopt);
      return written.ok() ? absl::StrCat("'", value, "' is stored as ", FormatDate(*written))
                          : std::string(written.status().message());
    }
    case AttributeKind::kCount:
      return absl::SimpleAtoi(value, &count) && count >= 0
                 ? ""
                 : absl::StrCat("'", value, "' is not a whole number, 0 or more");
    case AttributeKind::kChoice: {
      const std::vector<std::string> choices = Choices(attribute);
      return std::find(choices.begin(), choices.end(), value) != choices.end()
                 ? ""
                 : absl::StrCat("'", value, "' is none of ", absl::StrJoin(choices, ", "),
                                DidYouMean(value, choices));
    }
    case AttributeKind::kDeadline: {
      if (value == kOpenDenial && attribute.need == AttributeNeed::kRequired) return "";
      std::vector<Candidate> deadlines;
      for (const v1::DeadlineRule& rule : rules.jurisdiction().deadlines()) {
        if (rule.id() == value) return "";
        if (!deadlines.empty() && deadlines.back().name == rule.id()) continue;
        deadlines.push_back({rule.id(), rule.title()});
      }
      return absl::StrCat("'", value, "' is not a deadline of ", rules.jurisdiction().id(),
                          DidYouMean(value, deadlines));
    }
    case AttributeKind::kAmount: {
      const absl::StatusOr<int64_t> cents = ParseMoney(value, attribute.name);
      if (!cents.ok()) return std::string(cents.status().message());
      return FormatMoney(*cents) == value
                 ? ""
                 : absl::StrCat("'", value, "' is stored as ", FormatMoney(*cents));
    }
    case AttributeKind::kSpan: {
      const absl::StatusOr<Span> span = ParseSpan(value, attribute.name);
      if (!span.ok()) return std::string(span.status().message());
      return SpanText(*span) == value
                 ? ""
                 : absl::StrCat("'", value, "' is stored as ", SpanText(*span));
    }
    case AttributeKind::kText:
      break;
  }
  return "";
}

// The types of events from which the deadlines of group `index` start, those that start an earlier
// deadline included. `seen` has the groups that were looked at.
EventSet RootEvents(const Rules::Compiled& compiled, int index, std::set<int>& seen) {
  EventSet roots;
  if (!seen.insert(index).second) return roots;
  const auto add = [&](const EventSet& events) { roots.Add(events); };
  if (index == 0) {  // clock_start
    add(compiled.received);
    add(compiled.presumed);
    roots.Add(compiled.route);
  }
  for (const CompiledDeadline& deadline : compiled.groups[static_cast<size_t>(index)].rules) {
    add(deadline.trigger_events);
    std::vector<int> starts = deadline.trigger_groups;
    for (const CompiledDeadline::Fallback& fallback : deadline.fallbacks) {
      add(fallback.events);
      starts.insert(starts.end(), fallback.groups.begin(), fallback.groups.end());
    }
    for (const int group : starts) add(RootEvents(compiled, group, seen));
  }
  return roots;
}

// What can be given with an event: what the table says, what a rule reads of the event that starts
// its time, and `of`, the event that any event answers.
std::set<std::string> KnownAttributes(const EventInfo& info, const Rules& rules) {
  std::set<std::string> known = {"of"};
  for (const EventAttribute& attribute : info.attributes) known.emplace(attribute.name);
  const Rules::Compiled& compiled = rules.compiled();
  for (size_t i = 0; i < compiled.groups.size(); ++i) {
    std::set<int> seen;
    if (!RootEvents(compiled, static_cast<int>(i), seen).Has(info.type)) continue;
    if (i == 0) known.insert("via");
    for (const CompiledDeadline& deadline : compiled.groups[i].rules) {
      if (!deadline.rule.date_attribute().empty()) known.insert(deadline.rule.date_attribute());
      for (const v1::Condition& condition : deadline.rule.when()) {
        known.insert(condition.attribute());
      }
    }
  }
  return known;
}

}  // namespace

const EventInfo* FindEventInfo(v1::EventType type) {
  const std::vector<EventInfo>& catalog = EventCatalog();
  const auto found = std::find_if(catalog.begin(), catalog.end(),
                                  [type](const EventInfo& info) { return info.type == type; });
  return found == catalog.end() ? nullptr : &*found;
}

const std::vector<EventInfo>& EventCatalog() {
  static const std::vector<EventInfo>* const catalog = MakeCatalog();
  return *catalog;
}

FieldViolations CheckAttributes(v1::EventType type, const Attributes& attributes,
                                const Rules& rules) {
  FieldViolations violations;
  const EventInfo* info = FindEventInfo(type);
  if (info == nullptr) return violations;
  const std::set<std::string> known = KnownAttributes(*info, rules);
  for (const auto& [name, value] : attributes) {
    if (known.count(name) > 0) continue;
    std::vector<std::string> names(known.begin(), known.end());
    names.erase(std::find(names.begin(), names.end(), "of"));
    violations.emplace_back(
        absl::StrCat("event.attributes[", name, "]"),
        absl::StrCat("is no attribute of ", EventTypeName(type),
                     names.empty() ? ", which has none"
                                   : absl::StrCat(", which has ", absl::StrJoin(names, ", ")),
                     DidYouMean(name, names)));
  }
  for (const EventAttribute& attribute : info->attributes) {
    const std::string field = absl::StrCat("event.attributes[", ToAbsl(attribute.name), "]");
    const auto given = attributes.find(attribute.name);
    if (given == attributes.end()) {
      if (attribute.need == AttributeNeed::kRequired) {
        violations.emplace_back(field, absl::StrCat("is required: ", ToAbsl(attribute.about)));
      }
    } else if (const std::string problem = Problem(attribute, given->second, rules);
               !problem.empty()) {
      violations.emplace_back(field, problem);
    }
  }
  return violations;
}

FieldViolations CheckTargets(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                             const Rules& rules) {
  FieldViolations violations;
  const auto check = [&](const EventAttribute& attribute) {
    const auto given = event.attributes.find(attribute.name);
    if (given == event.attributes.end() || given->second.empty()) return;
    std::string problem = Problem(attribute, given->second, rules);
    if (attribute.kind == AttributeKind::kText &&
        std::none_of(events.begin(), events.end(), [&](const DeadlineEvent& other) {
          return other.id == given->second ||
                 absl::EndsWith(other.id, absl::StrCat("/", given->second));
        })) {
      problem = absl::StrCat("there is no event '", given->second, "'; name one that is recorded");
    }
    if (problem.empty()) return;
    violations.emplace_back(absl::StrCat("event.attributes[", ToAbsl(attribute.name), "]"),
                            absl::StrCat(problem, " (", EventTypeName(event.type), " of ",
                                         FormatDate(event.effective_on), ")"));
  };
  constexpr EventAttribute kOf = {"of", AttributeKind::kText, "", AttributeNeed::kOptional, ""};
  for (const EventAttribute* attribute : {&kOf, &kDetermination, &kDeadline, &kIssue}) {
    check(*attribute);
  }
  return violations;
}

std::vector<std::string> DoubtfulAttributes(v1::EventType type, const Attributes& attributes,
                                            const Rules& rules) {
  std::vector<std::string> doubts;
  const EventInfo* info = FindEventInfo(type);
  if (info == nullptr) return doubts;
  std::set<std::string> kinds;  // that rules tell apart
  for (const EventAttribute& attribute : info->attributes) {
    if (attribute.need == AttributeNeed::kWanted && attributes.count(attribute.name) == 0) {
      doubts.push_back(attribute.kind == AttributeKind::kChoice
                           ? absl::StrCat(EventTypeName(type), " without ", ToAbsl(attribute.name),
                                          " decides nothing; give one of ",
                                          absl::StrJoin(Choices(attribute), ", "))
                           : absl::StrCat(EventTypeName(type), " has no ", ToAbsl(attribute.name),
                                          " (", ToAbsl(attribute.about),
                                          "): nothing can be balanced"));
    }
  }
  for (const v1::DeadlineRule& rule : rules.jurisdiction().deadlines()) {
    if (rule.kind() == v1::DEADLINE_KIND_COURT_ORDER) continue;  // kinds of orders
    for (const v1::Condition& condition : rule.when()) {
      if (condition.attribute() != "kind") continue;
      kinds.insert(condition.values().begin(), condition.values().end());
    }
  }
  kinds.erase("");
  for (const auto& [name, value] : attributes) {
    if (name == "kind" && !kinds.empty() && kinds.count(value) == 0 &&
        type != v1::EVENT_TYPE_COURT_ORDER) {
      // A misspelt kind would silently select another rule.
      doubts.push_back(absl::StrCat("no rule of ", rules.jurisdiction().id(), " knows kind=", value,
                                    "; they know ", absl::StrJoin(kinds, ", ")));
    }
  }
  return doubts;
}

}  // namespace foia::tracker
