import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '/work/main/adapters/database/sqlite/open-sqlite.ts';
import { plan } from '/work/main/src/planner/plan.ts';
import { compareSpider } from '/work/main/src/evaluation/compare.ts';
const [,, file, step="1", show="0", off="0"] = process.argv;
const B='/work/shared/bench/spider/';
const qs = readFileSync(B+file,'utf8').split('\n').filter(Boolean).map(l=>JSON.parse(l)).filter((q,i)=>i%Number(step)===Number(off) && q.gold_rows);
const cats = new Map(); const dbs=new Map();
const st:any={}; let n=0, ans=0, ok=0; const never=new AbortController().signal; const wrong:string[]=[], declined:string[]=[];
for (const q of qs) {
  if (!cats.has(q.db_id)) { const d=openSqlite({id:q.db_id,file:`${B}databases/${q.db_id}/${q.db_id}.sqlite`}); const c=await d.catalog({},never); await d.close(); cats.set(q.db_id,c.ok?c.value:null); dbs.set(q.db_id,new DatabaseSync(`${B}databases/${q.db_id}/${q.db_id}.sqlite`,{readOnly:true,enableDoubleQuotedStringLiterals:true})); }
  const cat=cats.get(q.db_id); if(!cat) continue; n++;
  const h=st[q.hardness]??={n:0,a:0,o:0}; h.n++;
  let p; try { p=plan({question:q.question,catalog:cat,ranked:[],today:'2026-11-21'}); } catch(e) { console.log('CRASH',q.question,e); continue; }
  if (p.kind==='declined') { declined.push(`${q.hardness[0]} ${q.db_id} | ${q.question} | ${p.missing} | ${q.sql}`); continue; }
  ans++; h.a++;
  const run=(sql:string)=>{ const s=dbs.get(q.db_id).prepare(sql); s.setReturnArrays(true); return {columns:[],rows:s.all(),cellsCut:false,elapsedMs:0} as any; };
  let good=false, why=''; try { const g=run(q.sql); const r=run(p.sql); const c=compareSpider(g,r,/order by/i.test(q.sql)); good=c.equal; why=c.reason; } catch(e:any) { why=e.message; }
  if (good) { ok++; h.o++; } else wrong.push(`${q.hardness[0]} ${q.db_id} | ${q.question}\n     P ${p.sql}\n     G ${q.sql}   [${why}]`);
}
console.log({n,ans,ok,ex:(ok/n).toFixed(3),ofAns:(ok/ans).toFixed(3)}, JSON.stringify(st));
if (show.includes('w')) console.log(wrong.slice(0,140).join('\n'));
if (show.includes('d')) console.log(declined.slice(0,170).join('\n'));
process.exit(0);
