"""The host table's search engines, with their country domains; written like the host table.

Sources: the source categories of GA4's default channel group
(https://support.google.com/analytics/answer/9756891), and the engines that the public lists of
web analytics name, dead ones included: old links and exports still hold them.
"""

from __future__ import annotations

GOOGLE = (
    "com ac ad ae al am as at az ba be bf bg bi bj bs bt by ca cat cc cd cf cg ch ci cl cm cn "
    "co.ao co.bw co.ck co.cr co.id co.il co.in co.jp co.ke co.kr co.ls co.ma co.mz co.nz co.th "
    "co.tz co.ug co.uk co.uz co.ve co.vi co.za co.zm co.zw com.af com.ag com.ai com.ar com.au "
    "com.bd com.bh com.bn com.bo com.br com.by com.bz com.co com.cu com.cy com.do com.ec com.eg "
    "com.et com.fj com.gh com.gi com.gt com.hk com.jm com.kh com.kw com.lb com.lc com.ly com.mm "
    "com.mt com.mx com.my com.na com.nf com.ng com.ni com.np com.om com.pa com.pe com.pg com.ph "
    "com.pk com.pr com.py com.qa com.sa com.sb com.sg com.sl com.sv com.tj com.tn com.tr com.tw "
    "com.ua com.uy com.vc com.vn cv cz de dj dk dm dz ee es fi fm fr ga gd ge gf gg gl gm gp gr "
    "gy hn hr ht hu ie im io iq is it it.ao je jo kg ki kz la li lk lt lu lv md me mg mk ml mn "
    "ms mu mv mw ne nl no nr nu pl pn ps pt ro rs ru rw sc se sh si sk sm sn so sr st td tg tk "
    "tl tm tn to tt us vg vu ws"
)
YANDEX = "ru com by kz ua uz com.tr com.ge com.am az kg lv lt md tj tm ee fr eu"

SEARCH = f"""
google google google.{{{GOOGLE}}} app:com.google.android.googlequicksearchbox
google google googleadservices.com googlemybusiness google~my~business
google-play google play.google.com app:com.android.vending
bing microsoft bing.com app:com.microsoft.bing
msn microsoft msn.com
yahoo yahoo,microsoft,google yahoo.{{com co.jp co.uk de fr es it ca in at be ch cl cn cz dk fi gr}}
yahoo yahoo,microsoft,google yahoo.{{hu ie nl no pl pt ro ru se co.id co.in co.kr co.nz co.th}}
yahoo yahoo,microsoft,google yahoo.co.za
yahoo yahoo,microsoft,google yahoo.com.{{ar au br cn co hk mx my pe ph sg tr tw ua ve vn}}
duckduckgo microsoft duckduckgo.com ddg.gg ddg app:com.duckduckgo.mobile.android
ecosia microsoft,google ecosia.org app:com.ecosia.android
qwant microsoft qwant.com
startpage google startpage.com startpage.de ixquick.com
aol yahoo,microsoft,google aol.com aol.{{co.uk de fr ca}}
ask google ask.com {{uk de fr es it}}.ask.com
lycos microsoft,google lycos.com lycos.{{de fr it es co.uk}}
dogpile google,microsoft dogpile.com webcrawler.com metacrawler.com info.com zoo.com
excite google,microsoft excite.com excite.{{co.jp it}}
yandex yandex yandex.{{{YANDEX}}} ya.ru yandex.net
baidu baidu baidu.com baidu.cn
naver naver naver.com
daum kakao daum.net
seznam seznam seznam.cz firmy.cz
brave brave search.brave.com
mail.ru - go.mail.ru
360 - so.com 360.cn haosou.com
sogou - sogou.com
shenma - sm.cn
petal - petalsearch.com
coccoc - coccoc.com
rakuten - rakuten.co.jp websearch.rakuten.co.jp
docomo - search.smt.docomo.ne.jp
auone - search.auone.jp sp-web.search.auone.jp
biglobe - biglobe.ne.jp biglobe.co.jp
goo - search.goo.ne.jp
t-online google suche.t-online.de
gmx google suche.gmx.net suche.gmx.at suche.gmx.ch
web.de google suche.web.de
freenet google suche.freenet.de
ukr - search.ukr.net secureurl.ukr.net
* - cnn comcast
* - mojeek.com swisscows.com kagi.com presearch.com metager.de metager.org gibiru.com yep.com
* - searx.be searx.space searxng.org etools.ch fireball.de exalead.com gigablast.com rambler.ru
* - onet.pl wp.pl interia.pl szukacz.pl virgilio.it libero.it arianna.it startsiden.no kvasir.no
* - eniro.se hitta.se fonecta.fi jubii.dk najdi.si pogodak.hr atlas.cz centrum.cz zoznam.sk tut.by
* - walla.co.il globo.com terra.com.br uol.com.br sapo.pt voila.fr orange.fr laposte.net alice.it
* - babylon.com conduit.com incredimail.com search-results.com mywebsearch.com avg.com nate.com
* - zum.com youdao.com sohu.com 2345.com hao123.com parsijoo.ir swisscows.ch oceanhero.today
* - ekoru.org lilo.org entireweb.com monstercrawler.com refseek.com boardreader.com
* - wolframalpha.com
. - abacho.at abacho.ch abacho.co.uk abacho.com abacho.de abacho.es abacho.fr abacho.it abcsolk.no
. - acoon.de alexa.com all.by alltheweb.com altavista.com altavista.de altavista.fr
. - aolbusqueda.aol.com.mx aolsearch.com apollo7.de arama.com ariadna.elmundo.es ask.co.uk
. - ask.reference.com askkids.com astronaut.at austronaut.at blekko.com blogdigger.com
. - blogpulse.com blogs.icerocket.com brisbane.t-online.de busca.orange.es buscador.terra.cl
. - buscador.terra.es cercato.it clusty.com crawler.com cuil.com daemon-search.com dalesearch.com
. - darkoogle.com eo.st eurip.com euroseek.com everyclick.com exalead.fr fastbrowsersearch.com
. - find.tdc.dk finderoo.com firstsfind.com fixsuche.de flix.de forestle.mobi forestle.org
. - fresh-weather.com gais.cs.ccu.edu.tw geona.net gnadenmeer.de gomeo.com gooofullsearch.com
. - hit-parade.com hledani.tiscali.cz holmes.ge hooseek.com hotbot.com ilse.nl image.yahoo.cn
. - infospace.com inspsearch.com ixquick.de jungle-spider.de junglekey.com junglekey.fr
. - jyxo.1188.cz kf.mysearch.myway.com ki.mysearch.myway.com ko.search.need2find.com latne.lv
. - lemoteur.fr lo.st looksmart.com maailm.com mamma.com maxwebsearch.com meta.rrzn.uni-hannover.de
. - meta.ua metager2.de mozbot.co.uk mozbot.com mozbot.fr mysearch.com navigationshilfe.t-online.de
. - neti.ee nigma.ru ocnsearch.goo.ne.jp otsing.delfi.ee p.zhongsou.com pesquisa.clix.pt
. - picsearch.com plazoo.com poisk.ru qbyrd.com qualigo.at qualigo.ch qualigo.de qualigo.nl
. - recherche.francite.com rechercher.aliceadsl.fr s1.metacrawler.de s2.metacrawler.de
. - s3.metacrawler.de search-dyn.tiscali.it search-intl.netscape.com search.1and1.com
. - search.1und1.de search.alot.com search.aol.it search.bluewin.ch search.bt.com
. - search.certified-toolbar.com search.ch search.earthlink.net search.excite.co.uk
. - search.excite.de search.excite.fr search.excite.nl search.findwide.com search.foxtab.com
. - search.free.fr search.freecause.com search.genieo.com search.globososo.com search.hiyo.com
. - search.hp.my.aol.com.au search.hp.my.aol.it search.i.ua search.icq.com search.incredibar.com
. - search.juno.com search.kiwee.com search.magnetic.com search.media.telstra.com.au
. - search.myway.com search.nifty.com search.offerbox.com search.orange.co.uk search.peoplepc.com
. - search.qip.ru search.rr.com search.searchcompletion.com search.snapdo.com search.softonic.com
. - search.sweetim.com search.tiscali.it search.winamp.com search.www.ee search.yam.com
. - search.yippy.com search1-1.free.fr search1-2.free.fr searchalot.com searchcanvas.com
. - searches.globososo.com searchthis.com searchy.co.uk serach.comcast.net serach.excite.es
. - sharelook.fr sm.aport.ru smart.delfi.lv soso.com sosodesktop.com sougou.com start.facemoods.com
. - start.iplay.com suche.aolsvc.de suche.info suchmaschine.com suchnase.de teoma.com
. - thesmartsearch.net tixuma.de toile.com toolbarhome.com trouvez.com trovarapido.com
. - trusted--search.com url.org vinden.nl vindex.nl walhello.com walhello.de walhello.info
. - walhello.nl web.gougou.com web.nl web.volny.cz webfetch.com websearch.com websearch.cs.com
. - witch.de x-recherche.com yougoo.fr ys.mirostart.com zapmeta.com zapmeta.de zapmeta.nl zoek.nl
. - zoeken.nl zoohoo.cz search.com 1.cz
. - 123people.com abcsok.no allesklar.de allesklar.at allesklar.ch baidu.co.th benefind.de
. - buscador.terra.com.br cc.bingj.com chercherfr.aguea.com claro-search.com delta-search.com
. - extern.peoplecheck.de findhurtig.dk fr.dir.com gfsoso.com isearch.glarysoft.com
. - k9safesearch.com kensaq.com kwzf.net lookany.com plusnetwork.com safesearch.avira.com scour.com
. - search.azby.fmworld.net search.b1.org search.chatzum.com search.chedot.com search.comcast.net
. - search.fbdownloader.com search.fooooo.com search.handycafe.com search.iminent.com
. - search.imesh.com search.leonardo.it search.magentic.com search.seesaa.jp
. - search.smartaddressbar.com search.snap.do search.v9.com search.webssearches.com
. - search.zonealarm.com searches.f-secure.com searches.safehomepage.com searchmobileonline.com
. - searchqu.com searchya.com setooz.com sm.de sp-search.auone.jp sputnik.ru start.funmoods.com
. - start.lenovo.com suche.1und1.de surfcanyon.com talimba.com tattoodle.com trusted-search.com
. - wedoo.com wow.com zapmeta.it zxuso.com
"""
