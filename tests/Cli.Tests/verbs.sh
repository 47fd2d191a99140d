# Every verb with --json, as a script in CI uses it: a line has the name, the exit code, and what jq finds.
# Run by ScriptTests: $1 is a folder of its own; pluginctl is on the PATH.
set -u
cd "$1" || exit 1

t() {
  local name=$1 path=$2 code
  shift 2
  out=$(pluginctl --json "$@" 2>err); code=$?
  printf '%s %s %s\n' "$name" "$code" "$(jq -rc "$path" <<<"${out:-$(cat err)}" 2>&1 | paste -sd' ')"
}
of() { jq -r "$1" <<<"$out"; }

t run-failed '.state, .exit_code' run 'sh -c "echo hi; exit 3"' --label ci=1; job=$(of .job_id)
t status .result.output_values.exit_code.int64_value status "$job"
t list ".job_id == \"$job\"" list --type command --label ci=1 --all
t logs '.data | select(. != "") | @base64d | rtrimstr("\n")' logs "$job"
t retry ".retry_of == \"$job\"" retry "$job"
t run-timeout '.state, .reason' run 'sleep 9' --timeout 1s --param kill_grace=1s
t run-missing .state run no-such-program
t run-params '.fields[].field' run ls --param nonsense=1
t run-dry .state run true --dry-run
t run-nobody .code run true --require site=nowhere --require-worker

t detach .state run true --require site=nowhere --label ci=2 --detach; job=$(of .job_id)
t waiting '.state, .waiting.code' status "$job"
t filter .matched cancel --filter label=ci=2
t cancel '.state, .reason' cancel "$job" --wait
t cancel-ended .code cancel "$job"
t follow-canceled '.state // empty' logs "$job" --follow

t group '.state, .completions' run true --parallel 2 --wait; group=$(of .group_id)
t group-status '.total, (.job_ids | length)' groups status "$group"
t group-cancel .code groups cancel "$group"

t schedule-add .spec.name schedules add nightly --cron '30 2 * * *' -- true
t schedule-pause .phase schedules pause nightly
t schedule-list 'select(.phase == "paused") | .spec.name' schedules list
t schedule-resume .phase schedules resume nightly
t schedule-show .spec.rule.cron.expression schedules show nightly
t schedule-next '.local[11:16]' schedules next nightly --count 2
t schedule-run .origin schedules run nightly
t schedule-delete .spec.name schedules delete nightly

t describe .submit.properties.args.type describe-type command
t types 'select(.job_type == "script") | .job_type' describe-type
t config-set .version config set command niceness=6
t config-get .version config get command
t config-diff .field config diff command
mkdir -p logs/app
t roots .version config set file_retention "roots=$1/logs"
t detect .found detect file_retention
t drain .draining workers drain stock-1
t workers 'select(.draining) | .worker_id' workers
t undo .draining workers drain stock-1 --undo

t unknown .code status nothing
t usage .code run --parallel x
PLUGINCTL_ADDRESS=127.0.0.1:1 t nobody .code list
