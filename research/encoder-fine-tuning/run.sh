#!/bin/sh
# The whole experiment from the data folders: export, check, in-domain run, leave-one-source-out runs.
# Needs the built packages and Debian's python3-torch; writes under OUT alone.
#
#   research/encoder-fine-tuning/run.sh DATA_DIR OUT_DIR [SOURCE_LEFT_OUT]…
set -eu
here=$(dirname "$0")
data=$1
out=$2
shift 2
python=${PYTHON:-/usr/bin/python3}
epochs=${EPOCHS:-3}

set_of_data=""
for folder in "$data"/*/; do set_of_data="$set_of_data --data $folder"; done
# shellcheck disable=SC2086 # one option a folder
node "$here/export-training-data.mjs" $set_of_data --out "$out/data"
"$python" "$here/check_parity.py" "$out/data"
node "$here/embed-queries.mjs" --data "$out/data" --weights "$out/data" --out "$out/original.f32"

for left_out in "" "$@"; do
  run="$out/run-${left_out:-in-domain}"
  option=${left_out:+--left-out $left_out}
  # shellcheck disable=SC2086 # the option and its value
  "$python" "$here/fine_tune.py" --data "$out/data" --original "$out/original.f32" \
    --out "$run" --epochs "$epochs" $option
  tuned=""
  for epoch in $(seq "$epochs"); do
    node "$here/embed-queries.mjs" --data "$out/data" --weights "$run/epoch-$epoch" \
      --out "$run/epoch-$epoch.f32"
    tuned="$tuned epoch-$epoch=$run/epoch-$epoch.f32"
  done
  # shellcheck disable=SC2086
  "$python" "$here/evaluate.py" --data "$out/data" --original "$out/original.f32" \
    --run "$run" --tuned $tuned $option --out "$run/logits.npz" | tee "$run/figures.jsonl"
done
