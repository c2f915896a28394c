# SPDX-License-Identifier: MIT
# Lists the functions declared in a header without a comment before them; one comment serves the
# functions that follow it without an empty line.

/^$/ { commented = 0 }
FNR == 1 { commented = 0 }
/\/\*/ { commented = 1 }
/^[[:alpha:]][^={}]*\(.*(;|,)([[:space:]]*\/\*.*)?$/ && !/^(typedef|static inline)/ && !commented {
	print FILENAME ":" FNR ": " $0
}
