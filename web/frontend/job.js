// The page of a job: it shows the progress, and loads itself again when the state of the job changes.

const JOB_MS = 1000;
const job = document.getElementById("job");
const bar = /** @type {HTMLProgressElement | null} */ (document.getElementById("job-progress"));

/** @param {string} path @param {string | undefined} shown */
async function followJob(path, shown) {
  const response = await fetch(path, { headers: { Accept: "application/json" } }).catch(() => null);
  const found = response?.ok ? await response.json() : { status: shown };
  if (found.status !== shown) return location.reload();
  if (bar && found.progress !== undefined) bar.value = found.progress;
  setTimeout(followJob, JOB_MS, path, shown);
}

if (job?.dataset.job) setTimeout(followJob, JOB_MS, job.dataset.job, job.dataset.status);
