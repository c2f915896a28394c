# SPDX-License-Identifier: MIT
# Lists the identifiers that contain a word for which the project has a better one, outside comments
# and strings.

BEGIN {
	instead["rare"] = "the subject, such as recovery or keepalive"
	instead["aside"] = "the subject, such as duplicate"
	instead["proof"] = "evidence, or what it shows"
	instead["trouble"] = "finding, verdict or error"
	instead["manieth"] = "ordinal"
}

FNR == 1 { in_comment = 0 }

{
	line = $0
	gsub(/"([^"\\]|\\.)*"/, "", line)
	if (in_comment && !sub(/^.*\*\//, "", line))
		next
	in_comment = 0
	gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, "", line)
	if (sub(/\/\*.*/, "", line))
		in_comment = 1
	n = split(line, identifier, /[^[:alnum:]_]+/)
	for (i = 1; i <= n; i++)
		for (word in instead)
			if (index("_" identifier[i] "_", "_" word "_"))
				print FILENAME ":" FNR ": " identifier[i] ": say " instead[word]
}
