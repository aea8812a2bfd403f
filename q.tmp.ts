import { sourceOf, withData } from '#src/evaluation/data/places.ts';
import { readQuestion } from '#src/planner/read-question.ts';
const source: any = await sourceOf('sqlite' as any, '/tmp/inv4', undefined);
for (const [db, q] of [['energy','households without a smart meter'],['insurer','rejection rate by product line'],['insurer','average premium of motor plus policies'],['energy','revenue per tariff last year'],['energy','who is in the blue team'],['insurer','policies that expire next month'],['insurer','autorenew share by product']] as const) {
const c: any = (await withData(source, db) as any).catalog;
const r: any = readQuestion(q, c, [], { today: '2026-09-15' } as any);
console.log(q, '|', r.sentence.asked, '|', r.frame.main?.name);
for (const m of r.sentence.mentions) console.log('  ', m.start, m.end, m.tables.map((t: any) => [t.target.name, t.score]), m.columns.slice(0,4).map((t: any) => [t.target.table.name + '.' + t.target.column.name, t.score]), m.values.map((v: any) => v.table.name+'.'+v.column.name+'='+v.value));
}
process.exit(0)
