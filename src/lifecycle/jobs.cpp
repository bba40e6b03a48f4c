#include "lifecycle/jobs.h"

#include <chrono>
#include <exception>
#include <iostream>

namespace gatehouse::lifecycle {
namespace {

constexpr std::chrono::seconds kLookAtClock{1};

/// A clock that was set back makes a job due, rather than asleep until the old time comes again.
bool is_due(const Jobs::Status& job, Instant now) {
  return !job.last_run || *job.last_run + job.period <= now || *job.last_run > now;
}

Result<void> guarded(const Jobs::Work& work, Instant now) {
  try {
    return work(now);
  } catch (const std::exception& caught) {
    return fail(Errc::kInternal, "It ended unexpectedly.", caught.what());
  }
}

}  // namespace

Jobs::~Jobs() { stop(); }

void Jobs::add(std::string name, Duration period, Work work) {
  Status status;
  status.name = std::move(name);
  status.period = period;
  jobs_.push_back({std::move(status), std::move(work)});
}

void Jobs::run_one(Job& job, Instant now) {
  const Result<void> outcome = guarded(job.work, now);
  std::string problem;
  if (!outcome) {
    problem = outcome.error().public_detail;
    if (!outcome.error().log_detail.empty()) problem += " (" + outcome.error().log_detail + ")";
  }
  const std::lock_guard lock(mutex_);
  // The same trouble is said once, not once a second.
  if (problem != job.status.problem) {
    std::clog << "job " << job.status.name << ": " << (problem.empty() ? "well again" : problem) << std::endl;
  }
  job.status.problem = problem;
  if (problem.empty()) job.status.last_success = now;
}

int Jobs::run_due(Instant now) {
  const std::lock_guard one_at_a_time(running_);
  int ran = 0;
  for (Job& job : jobs_) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
      if (!is_due(job.status, now)) continue;
      job.status.last_run = now;
    }
    run_one(job, now);
    ++ran;
  }
  return ran;
}

void Jobs::start() {
  const std::lock_guard lock(mutex_);
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void Jobs::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Jobs::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    run_due(clock_.now());
    lock.lock();
    wake_.wait_for(lock, kLookAtClock, [this] { return stopping_; });
  }
}

std::vector<Jobs::Status> Jobs::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<Status> all;
  all.reserve(jobs_.size());
  for (const Job& job : jobs_) all.push_back(job.status);
  return all;
}

}  // namespace gatehouse::lifecycle
