#!/bin/sh
# Runs the code in docs/FOR-AUTHORS.md against a daemon: each where its interpreter is.

. "$(dirname "$0")/daemon.sh"
start_daemon --model chat,state=loaded --token-rate 2500
page=$root/docs/FOR-AUTHORS.md
ran=

# block LANGUAGE NUMBER: that block of code in that language, the first being 1.
block() {
    awk -v fence="\`\`\`$1" -v number="$2" '
        $0 == fence { if (++blocks == number) inside = 1; next }
        /^```/ { inside = 0 }
        inside { print }' "$page"
}

# runs NUMBER LANGUAGE INTERPRETER...: that block prints what the model says.
runs() {
    number=$1
    language=$2
    shift 2
    block "$language" $number >"$folder/block"
    [ -s "$folder/block" ] || fail "$language: there is no block $number"
    expect "$language: block $number" "$said" "$("$@" <"$folder/block" 2>&1)"
    ran="$ran $language $number"
}

has() {
    for command; do command -v "$command" >/dev/null || return; done
}

# The first block of each speaks lines, the second HTTP.
said=$("$products/crowd-models" complete "Say hello.") || fail "the client gets no answer"
for number in 1 2; do
    has python3 && runs $number python python3 -
    has node && runs $number js node --input-type=module -
done
has socat jq && runs 1 sh sh
has curl jq && runs 2 sh sh

[ -n "$ran" ] || skip "there is none of python3, node, and jq with socat or curl"
has python3 node socat jq curl || echo "not tried: what wants another of these programs"

# Who has had enough stops the model, and is answered with the text so far.
if command -v python3 >/dev/null; then
    block python 1 | sed 's/Say hello\./tokens:5000/' >"$folder/block"
    words=$(python3 "$folder/block" | wc -w)
    [ "$words" -ge 50 ] && [ "$words" -lt 2500 ] || fail "python: cancel" "it printed $words words"
    echo "ok: python: cancel"
fi
echo "ran$ran"
