#include "lab/diagnosis.h"

#include <algorithm>
#include <numeric>

#include "lab/evidence.h"
#include "modes/registry.h"

namespace labday {
namespace {

constexpr std::array kFileStages{Stage::read, Stage::write};
constexpr std::array kComputingStages{Stage::decode, Stage::resize, Stage::encode};

/// Accounts for one round. What is idle is divided first, by what the mode lets its workers do and by when it
/// was; then the time for which workers were ready to run, and did not, is taken out of all parts in which
/// they may have been: out of computing all that was no CPU time, out of the rest as far as the kernel says
/// that there was more.
class Account {
 public:
  Account(const RoundRecord& record, Nanoseconds wall, const Scheduling& scheduling, int cores)
      : record_(record),
        scheduling_(scheduling),
        cores_(cores),
        wall_(to_seconds(wall)),
        at_once_(std::min(scheduling.at_once, scheduling.workers)) {}

  Accounting done() {
    sum_.worker_seconds = wall_ * scheduling_.workers;
    for (std::size_t stage = 0; stage < record_.cpu.size(); ++stage)
      sum_.useful[stage] = to_seconds(record_.cpu[stage]);
    lost(Cause::joins) = (scheduling_.workers - at_once_) * wall_;
    divide_idle_time();
    divide_time_in_tasks();
    take_out_waits_for_cores();
    divide_time_between_stages();
    const double explained = sum_.useful_seconds() + std::accumulate(sum_.lost.begin(), sum_.lost.end(), 0.0);
    sum_.unexplained = sum_.worker_seconds - explained;
    return sum_;
  }

 private:
  double& lost(Cause cause) { return sum_.lost.at(static_cast<std::size_t>(cause)); }

  void divide_idle_time() {
    const double given_out = std::min(to_seconds(record_.given_out), wall_);
    const auto tasks = static_cast<double>(record_.tasks);
    double unused = std::max(0.0, at_once_ - static_cast<double>(record_.workers_used));
    double superfluous = std::max(0.0, at_once_ - tasks) * wall_;
    // Workers that never had a task since there were not so many.
    const double never = std::min(unused, std::max(0.0, at_once_ - tasks));
    lost(Cause::too_few_tasks) = never * wall_;
    superfluous -= never * wall_;
    unused -= never;
    double before = to_seconds(record_.idle_before) + unused * given_out;
    double after = to_seconds(record_.idle_after) + unused * (wall_ - given_out);

    move(to_seconds(record_.making + record_.ending), {&before, &after}, lost(Cause::spawn_and_exit));
    move(superfluous, {&after}, lost(Cause::too_few_tasks));
    if (scheduling_.inflight > 0) {
      // Where files are awaited, a worker is idle while there are tasks only if all of these are at their
      // files.
      lost(Cause::storage) += before;
      move(to_seconds(record_.all_idle_after) * at_once_, {&after}, lost(Cause::storage));
    } else if (scheduling_.batches_a_worker == 1) {
      lost(Cause::spawn_and_exit) += before;  // nothing is handed over but to processes that are being made
    } else {
      lost(Cause::transfer) += before;
    }
    lost(Cause::imbalance) += after;
  }

  void divide_time_in_tasks() {
    lost(Cause::transfer) += to_seconds(record_.handing);
    for (const Stage stage : kComputingStages) computing_lost_ += off_cpu(stage);
    if (scheduling_.inflight == 0) {
      for (const Stage stage : kFileStages) lost(Cause::storage) += off_cpu(stage);
    }
    double in_stages = to_seconds(record_.handing);
    for (const Stage stage : kComputingStages) in_stages += wall(stage);
    if (scheduling_.inflight == 0) {
      for (const Stage stage : kFileStages) in_stages += wall(stage);
    }
    const double busy = record_.floating
                            ? at_once_ * wall_ - to_seconds(record_.idle_before + record_.idle_after)
                            : to_seconds(record_.in_tasks);
    between_stages_ = std::max(0.0, busy - in_stages);
  }

  void take_out_waits_for_cores() {
    double waited = computing_lost_;
    const auto raise_to = [&](double seconds) {
      move(seconds - waited,
           {&lost(Cause::storage), &between_stages_, &lost(Cause::transfer), &lost(Cause::spawn_and_exit)},
           waited);
    };
    if (record_.workers.run_delay) raise_to(to_seconds(*record_.workers.run_delay));
    // While every core is busy, workers beyond the cores cannot do anything, whatever it is that they wait
    // for: a lock whose holder waits for a core, say.
    if (at_once_ > cores_) raise_to((at_once_ - cores_) * wall_ * share_of_cores_used());
    // What hands tasks out, or makes processes for them, needs a core as well.
    const Cause helping = scheduling_.batches_a_worker == 1 ? Cause::spawn_and_exit : Cause::transfer;
    if (at_once_ >= cores_) move(seconds_of(record_.helpers.cpu), {&waited}, lost(helping));
    if (at_once_ > cores_) {
      move(of_others(), {&waited}, lost(Cause::machine_noise));
      lost(Cause::oversubscription) = waited;
    } else {
      lost(Cause::machine_noise) = waited;
    }
  }

  /// CPU time of workers that is in no stage: taking tasks, sending results, waking one another. A worker
  /// that is alone, or made for its task, does none of that.
  void divide_time_between_stages() {
    if (at_once_ == 1 || scheduling_.batches_a_worker == 1) return;
    const double handling =
        seconds_of(record_.workers.cpu) - sum_.useful_seconds() - to_seconds(record_.handing);
    move(handling, {&between_stages_}, lost(Cause::transfer));
  }

  static double seconds_of(const std::optional<Nanoseconds>& time) { return time ? to_seconds(*time) : 0; }

  /// By workers, by what serves them, and by others.
  [[nodiscard]] double share_of_cores_used() const {
    const double own = seconds_of(record_.workers.cpu) + seconds_of(record_.helpers.cpu);
    return wall_ > 0 ? std::min(1.0, (own + of_others()) / (cores_ * wall_)) : 0;
  }

  [[nodiscard]] double wall(Stage stage) const {
    return to_seconds(record_.wall[static_cast<std::size_t>(stage)]);
  }
  [[nodiscard]] double off_cpu(Stage stage) const {
    return std::max(0.0, wall(stage) - to_seconds(record_.cpu[static_cast<std::size_t>(stage)]));
  }

  /// CPU time of other programs and guests.
  [[nodiscard]] double of_others() const {
    if (!record_.machine_busy || !record_.workers.cpu) return 0;
    const double all = to_seconds(*record_.machine_busy) + seconds_of(record_.stolen);
    return std::max(0.0, all - seconds_of(record_.workers.cpu) - seconds_of(record_.helpers.cpu));
  }

  /// Moves up to `seconds` from the parts, in this order, to `to`.
  static void move(double seconds, std::initializer_list<double*> parts, double& to) {
    for (double* part : parts) {
      const double moved = std::clamp(seconds, 0.0, std::max(0.0, *part));
      *part -= moved;
      to += moved;
      seconds -= moved;
    }
  }

  const RoundRecord& record_;
  const Scheduling& scheduling_;
  const int cores_;
  const double wall_;
  const int at_once_;
  double computing_lost_ = 0;  // in stages that only compute
  double between_stages_ = 0;  // of workers that had a task
  Accounting sum_;
};

void add(Accounting& sum, const Accounting& more) {
  sum.worker_seconds += more.worker_seconds;
  for (std::size_t i = 0; i < sum.useful.size(); ++i) sum.useful[i] += more.useful[i];
  for (std::size_t i = 0; i < sum.lost.size(); ++i) sum.lost[i] += more.lost[i];
  sum.unexplained += more.unexplained;
}

void divide(Accounting& sum, double by) {
  sum.worker_seconds /= by;
  for (double& seconds : sum.useful) seconds /= by;
  for (double& seconds : sum.lost) seconds /= by;
  sum.unexplained /= by;
}

}  // namespace

double Accounting::useful_seconds() const { return std::accumulate(useful.begin(), useful.end(), 0.0); }

Accounting account_for(const RoundRecord& record, Nanoseconds wall, const Scheduling& scheduling, int cores) {
  return Account(record, wall, scheduling, cores).done();
}

ModeDiagnosis diagnose_mode(const ModeRounds& rounds, const Scheduling& scheduling, int cores) {
  ModeDiagnosis diagnosis{rounds.mode, 0, {}, {}};
  MeanRecord mean;
  for (const std::optional<RoundResult>& round : rounds.rounds) {
    if (!round || !round->record) continue;
    ++diagnosis.rounds;
    add(diagnosis.accounting, account_for(*round->record, round->wall, scheduling, cores));
    mean.add(*round->record, round->wall);
  }
  if (diagnosis.rounds == 0) return diagnosis;
  divide(diagnosis.accounting, diagnosis.rounds);
  const Accounting& all = diagnosis.accounting;
  for (int i = 0; i < kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    const double seconds = all.lost_to(cause);
    if (all.worker_seconds <= 0 || seconds < kLeastShare * all.worker_seconds) continue;
    diagnosis.findings.push_back({rounds.mode, cause, seconds, seconds / all.worker_seconds,
                                  evidence_for(cause, mean, scheduling, cores, seconds)});
  }
  std::stable_sort(diagnosis.findings.begin(), diagnosis.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.seconds > b.seconds; });
  return diagnosis;
}

std::vector<ModeDiagnosis> diagnose(const ExperimentPlan& plan, const ExperimentResult& result) {
  std::vector<ModeDiagnosis> all;
  if (result.disagreement) return all;
  for (const ModeRounds& rounds : result.modes) {
    const auto spec = ModeSpec::parse(rounds.mode);
    if (!spec) continue;  // a run of another labday, which had it
    const auto scheduling = scheduling_of(*spec, plan.workers);
    if (!scheduling) continue;
    ModeDiagnosis mode = diagnose_mode(rounds, *scheduling, result.environment.cpu.cores());
    if (mode.rounds > 0) all.push_back(std::move(mode));
  }
  return all;
}

}  // namespace labday
