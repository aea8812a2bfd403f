/** What database people shorten, and what it means. */
export const ABBREVIATIONS: ReadonlyMap<string, readonly string[]> = new Map(
  `abbrev abbreviation, acc account, acct account, addr address, alt altitude, amt amount, appt appointment, apt apartment, auth author, avail
   available, avg average, bal balance, bdate birth date, bldg building, cat category, ccy currency, cd code, chg charge, cnt count, co
   company, crs course, ctry country, cust customer, cxl cancellation, dept department, desc description, descr description, dest destination,
   disc discount, dob date of birth, doc document, dst destination, dt date, dur duration, emp employee, enr enrollment, eq equipment, equip
   equipment, familyname last name, firstname first name, flr floor, flt flight, fname first name, forename first name, gend gender, grp group,
   hdr header, headcnt headcount, hiredate hire date, hq headquarters, hr hour, hrs hours, insp inspection, inst institution, lang language,
   lastname last name, lat latitude, lic license, lim limit, lname last name, lng longitude, loc location, long longitude, lse lease, ltr
   liter, lvl level, maint maintenance, max maximum, mbr member, meth method, mfr manufacturer, mgr manager, min minimum, mkt market, mnt
   maintenance, msg message, mtce maintenance, mth month, nbr number, nm name, no number, num number, ord order, org organization, orig origin,
   pax passenger, pct percent, perc percent, pkg package, pmt payment, po purchase order, pos position, prc price, prereq prerequisite, prio
   priority, prod product, prof professor, proj project, promo promotion, qtr quarter, qty quantity, rcpt receipt, rep representative, rm room,
   rsn reason, sal salary, sched schedule, sec section, sev severity, src source, stat status, std standard, sts status, stu student, supp
   supplier, surname last name, svc service, sys system, tel phone, telephone phone, temp temperature, tgt target, tkt ticket, tnt tenant, tot
   total, trx transaction, txn transaction, typ type, univ university, vend vendor, wh warehouse, whse warehouse, wk week, wt weight, wty
   warranty, yn yes no, yr year`
    .split(/,\s+/)
    .map((entry) => entry.split(/\s+/))
    .map(([short = '', ...words]) => [short, words]),
);

/** "opened" is not written short as `open`. */
const ENDING = /^(?:ed|ing|en|er|or|al|ion|ation|able|ity|y)$/;

/**
 * Whether a word is shortened so: to its first letters, up to a consonant before a vowel (`insp` of inspection), or to its first letter
 * and consonants after it with the last (`tkt` of ticket).
 */
export function isShortFor(short: string, word: string): boolean {
  const one = word.replace(/(?<=[^s])s$/, '');
  if (one.length < short.length + 2 || one[0] !== short[0]) return false;
  const rest = one.slice(short.length);
  if (one.startsWith(short))
    return short.length > 2 && /[^aeiouy]$/.test(short) && /^[aeiouy]/.test(rest) && !ENDING.test(rest);
  const last = /[^aeiou](?=[aeiou]*$)/.exec(one)?.[0];
  if (short.length < 3 || /[aeiou]/.test(short.slice(1)) || last !== short.at(-1)) return false;
  let at = 0;
  for (const letter of short) {
    at = one.indexOf(letter, at) + 1;
    if (!at) return false;
  }
  return true;
}
