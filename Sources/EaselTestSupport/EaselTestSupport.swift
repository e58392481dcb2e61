/// Support for tests: screens compared with stored ones, states compared with readable differences.
