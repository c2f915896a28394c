/* SPDX-License-Identifier: MIT */
/* main: command line → source → engine → screens or report; exit status; signals. */
int
main(void)
{
	return 0;
}
