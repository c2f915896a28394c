# SPDX-License-Identifier: MIT
# Lists where a block begins with declarations and goes on without a blank line after them.

function is_declaration(line) {
	if (line ~ /^(return|goto|else|case|break|continue|do|if|for|while|switch|default)([^[:alnum:]_]|$)/)
		return 0
	return line ~ /^([[:alpha:]_][[:alnum:]_]*[[:space:]*]+)+[[:alpha:]_][[:alnum:]_]*(\[|[[:space:]]*(=|;|,|$))/ ||
		line ~ /^([[:alpha:]_][[:alnum:]_]*[[:space:]*]+)+\(\*[[:alpha:]_][[:alnum:]_]*(\[[^]]*\])?\)\(/
}

function is_complete(line) {
	return line ~ /;([[:space:]]*\/\*.*)?$/
}

FNR == 1 { in_declarations = declared = incomplete = 0 }

{
	line = $0
	sub(/^[[:space:]]+/, "", line)
}

in_declarations && incomplete {
	incomplete = !is_complete(line)
	next
}

in_declarations && is_declaration(line) {
	declared = 1
	incomplete = !is_complete(line)
	next
}

in_declarations && !declared && line ~ /^\/?\*/ { next } # a comment before them

in_declarations {
	if (declared && line != "" && line !~ /^}/)
		print FILENAME ":" FNR ": " line
	in_declarations = declared = 0
}

line ~ /(^|\)|else|do)[[:space:]]*\{$/ && line !~ /^(struct|union|enum)/ { in_declarations = 1 }
