#!/bin/sh
# Checks a line of records.jsonl by hand: sh verify.sh records.jsonl LINE
# From salt and record to the ledger's entry, from the entry to the root, from the root to the
# checkpoint. Nothing is asked of anyone; the signature under the checkpoint is checked apart.
set -eu
export LC_ALL=C
line=$(sed -n "${2}p" "$1")
field() { printf '%s' "$line" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
# Bytes from hexadecimal, by octal escapes, which every printf knows.
raw() { printf "$(printf '%s' "$1" | sed 's/../&\n/g' | awk 'NF { h = "0123456789abcdef";
  n = (index(h, substr($1, 1, 1)) - 1) * 16 + index(h, substr($1, 2, 1)) - 1;
  printf "\\%03o", n }')"; }
sha() { sha256sum | cut -d' ' -f1; }

salt=$(printf '%s' "$line" | sed 's/.*"salt":"\([^"]*\)".*/\1/' | base64 -d | hex)
record=$(printf '%s' "$line" | sed 's/.*"salt":"[^"]*","record":"\([^"]*\)".*/\1/')
at=$(printf '%s' "$record" | base64 -d | sed 's/^{"at":"\([^"]*\)".*/\1/')
act=$(printf '%s' "$record" | base64 -d | sed 's/.*"act":"\([a-z_]*\)".*/\1/')
commitment=$({ printf 'azukari record v1\n'; raw "$salt"; printf '%s' "$record" | base64 -d; } | sha)
entry="{\"v\":1,\"act\":\"$act\",\"at\":\"$at\",\"commitment\":\"$(raw "$commitment" | base64)\"}"
echo "entry       $entry"
hash=$({ raw 00; printf '%s' "$entry"; } | sha)
echo "leaf        $hash"

proof=$(field proof | sed 's/\\n/\n/g')
index=$(printf '%s\n' "$proof" | sed -n 's/^index //p')
checkpoint=$(printf '%s\n' "$proof" | sed '1,/^$/d')
size=$(printf '%s\n' "$checkpoint" | sed -n 2p)
root=$(printf '%s\n' "$checkpoint" | sed -n 3p | base64 -d | hex)
last=$((size - 1))
for beside in $(printf '%s\n' "$proof" | sed '1,/^index /d;/^$/,$d'); do
  while [ $((index % 2)) -eq 0 ] && [ "$index" -eq "$last" ]; do
    index=$((index / 2)); last=$((last / 2))
  done
  beside=$(printf '%s' "$beside" | base64 -d | hex)
  if [ $((index % 2)) -eq 1 ]; then pair="$beside$hash"; else pair="$hash$beside"; fi
  hash=$({ raw 01; raw "$pair"; } | sha)
  index=$((index / 2)); last=$((last / 2))
done
echo "computed    $hash"
echo "checkpoint  $root"
if [ "$hash" = "$root" ]; then echo "the record is in the ledger"; else echo "it is NOT"; exit 1; fi
