// Writes us_federal_holidays.csv, a list of federal holidays that owes nothing to the project's own
// calendar rules. Not run by any test; to make it again:
//
//   npm install --no-save --ignore-scripts @18f/us-federal-holidays@4.0.0
//   node tests/cases/holidays.js > tests/cases/us_federal_holidays.csv
//
// The package groups days by the holiday's own year: allForYear(2022) begins with 2021-12-31. So
// the years are merged first and cut by the day itself. Its defaults shift both ways (Saturday to
// Friday, Sunday to Monday) and begin Juneteenth with 2021; it has no Inauguration Day and no
// closures by executive order.
//
// Other lists the package was compared with end in 2028. The years 2029 to 2037 were therefore
// checked by hand against 5 U.S.C. 6103(a), (b) and Executive Order 11582: each year has its five
// Mondays (third of January, third of February, last of May, first of September, second of
// October) and the fourth Thursday of November, and of the other five the days kept elsewhere are
//   New Year's Day     2033 (Sat) on Fri 2032-12-31, 2034 (Sun) on Mon 2034-01-02
//   Juneteenth         2032 (Sat) on Fri 2032-06-18, 2033 (Sun) on Mon 2033-06-20
//   Independence Day   2032 (Sun) on Mon 2032-07-05, 2037 (Sat) on Fri 2037-07-03
//   Veterans Day       2029 (Sun) on Mon 2029-11-12, 2034 (Sat) on Fri 2034-11-10,
//                      2035 (Sun) on Mon 2035-11-12
//   Christmas Day      2032 (Sat) on Fri 2032-12-24, 2033 (Sun) on Mon 2033-12-26
const holidays = require(require.resolve("@18f/us-federal-holidays", { paths: [process.cwd()] }));

const days = new Map();
for (let year = 2013; year <= 2038; ++year) {
  for (const { dateString, name } of holidays.allForYear(year)) {
    if (dateString >= "2014-01-01" && dateString <= "2037-12-31") days.set(dateString, name);
  }
}
console.log("date,name");
for (const date of [...days.keys()].sort()) {
  const name = days.get(date);
  console.log(`${date},${name.includes(",") ? `"${name}"` : name}`);
}
